import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { NODE_FLAGS } from './node-flags.js';

const MIB = 1_048_576;

function heapLimitMib(...flags: readonly string[]): number {
  const script = "process.stdout.write(String(require('node:v8').getHeapStatistics().heap_size_limit))";
  return Number(execFileSync(process.execPath, [...flags, '--eval', script], { encoding: 'utf8' })) / MIB;
}

describe('NODE_FLAGS', () => {
  it('keep the heap within 64 MiB of the limit of the old space', () => {
    expect(heapLimitMib('--max-old-space-size=512', ...NODE_FLAGS)).toBeLessThanOrEqual(576);
  });

  it.each([
    ['docker/Dockerfile', /NODE_OPTIONS=(.+?) \\$/m],
    ['docker/compose.yaml', /NODE_OPTIONS: (.+)$/m],
  ])('are what %s sets', (file, options) => {
    const set = options.exec(readFileSync(file, 'utf8'))?.[1]?.split(' ') ?? [];
    const ofTheHeap = NODE_FLAGS.filter((flag) => flag.startsWith('--max-'));
    expect(set).toEqual(expect.arrayContaining(ofTheHeap));
    expect(ofTheHeap).toHaveLength(1);
  });
});
