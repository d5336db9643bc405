import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { HEAP_GROWTH } from './heap-growth.js';

/** Objects that live through a few collections, as records do between fetch and commit; prints how often the old space was collected. */
const WORK = `
const { PerformanceObserver, constants } = require('node:perf_hooks');
if (process.argv[1]) require('node:v8').setFlagsFromString(process.argv[1]);
let major = 0;
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) major += 1;
}).observe({ entryTypes: ['gc'] });
const alive = [];
let made = 0;
const round = () => {
  for (let i = 0; i < 20_000; i += 1, made += 1) alive[made % 200_000] = { made, text: 'record ' + made, headers: { made } };
  if (made < 20_000_000) setImmediate(round);
  else setTimeout(() => process.stdout.write(String(major)), 50);
};
round();
`;

const majorCollections = (...flags: string[]): number =>
  Number(execFileSync(process.execPath, ['--eval', WORK, ...flags], { encoding: 'utf8' }));

test('with the room that apps give it, the old space is collected less often', () => {
  const before = majorCollections();
  expect(before).toBeGreaterThanOrEqual(10);
  expect(majorCollections(HEAP_GROWTH)).toBeLessThan(before * 0.9);
}, 120_000);
