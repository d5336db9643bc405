import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bound } from './figure.js';

/** What each figure has to keep to, `npm run bench -- --check` says whether it does: test/bench/baseline.json. */
const FLOORS = JSON.parse(readFileSync(join(process.cwd(), 'test/bench/baseline.json'), 'utf8')) as Record<
  string,
  Bound
>;

/** @param figure its key in the file */
export function floorOf(figure: string): Bound {
  const floor = FLOORS[figure];
  if (floor === undefined) throw new Error(`test/bench/baseline.json says nothing of "${figure}"`);
  return floor;
}
