import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPrn } from '@fleethook/events';
import { RunningProcess } from '../support/running-process.js';
import { World } from '../support/world.js';

const TIMEOUT_MS = 180_000;
const FOLDER = 'docs/operations';
const NOT_RUN = /# not run by a test$/;
/** Pages whose commands can be run beside a deployment. */
const PAGES = ['doctor', 'erase', 'install', 'restore', 'secure', 'topics', 'tracing', 'upgrade'];

/** The commands of the `sh` blocks of a page, line by line. */
function commandsOf(page: string): string[] {
  const blocks = [...readFileSync(path.join(FOLDER, `${page}.md`), 'utf8').matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)];
  return blocks
    .flatMap(([, text = '']) => text.split('\n'))
    .flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

const commands = PAGES.flatMap((page) =>
  commandsOf(page)
    .filter((command) => !NOT_RUN.test(command))
    .map((command): [string, string] => [page, command]),
);

describe('a command of docs/operations', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.create({ apps: ['ingest', 'router', 'delivery', 'recorder'] });
  }, TIMEOUT_MS);
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(commands)(
    'of %s works as it stands there: %s',
    async (_page, command) => {
      const device = newPrn(await world.organization(), 'device');
      const given = command.replace('prn:1:<organization>:device:<device>', device);
      await using shell = new RunningProcess(
        'the command',
        ['bash', '-euo', 'pipefail', '-c', given],
        world.environment,
      );
      const code = await shell.end(90_000);
      expect(`${code}\n${shell.output}`).toMatch(/^0\n/);
    },
    TIMEOUT_MS,
  );

  it('is one of those that are meant to be', () => {
    expect(commands.map(([, command]) => command)).toEqual(
      expect.arrayContaining([
        'npm run config:republish',
        'npm run device:erase -- prn:1:<organization>:device:<device>',
      ]),
    );
  });
});
