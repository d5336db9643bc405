import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { HEAP_GROWTH } from './heap-growth.js';

/** Objects that live through a few collections, as records do between fetch and commit; prints how often the old space was collected. */
const WORK = `
const { PerformanceObserver, constants } = require('node:perf_hooks');
require('node:v8').setFlagsFromString(process.argv[1]);
let major = 0;
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) major += 1;
}).observe({ entryTypes: ['gc'] });
const alive = [];
let made = 0;
const round = () => {
  for (let i = 0; i < 20_000; i += 1, made += 1) alive[made % 200_000] = { made, text: 'record ' + made, headers: { made } };
  if (made < 8_000_000) setImmediate(round);
  else setTimeout(() => process.stdout.write(String(major)), 50);
};
round();
`;

const majorCollections = (flag: string): number =>
  Number(execFileSync(process.execPath, ['--eval', WORK, '--', flag], { encoding: 'utf8' }));

// V8's own reckoning follows the load of the machine; what it does with a given growth does not.
test('V8 heeds the growth while a process runs: with that of the apps it collects the old space far less often than with 30 %', () => {
  const tight = majorCollections('--heap-growing-percent=30');
  expect(tight).toBeGreaterThanOrEqual(15);
  expect(majorCollections(HEAP_GROWTH)).toBeLessThan(tight / 2);
}, 120_000);
