import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppOutput } from './app-output.js';
import { Terminal } from './terminal.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fleethook-output-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function output(format: 'json' | 'pretty') {
  const shown: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      shown.push(chunk.toString('utf8'));
      done();
    },
  });
  const file = path.join(folder, 'router.log');
  const clock = { now: 0 };
  const subject = new AppOutput(file, new Terminal(stream, format), () => clock.now);
  return { subject, shown, clock, logged: () => readFileSync(file, 'utf8') };
}

const line = (level: number, message: string): string =>
  `${JSON.stringify({ level, time: 0, app: 'router', event: 'x.y', message })}\n`;

describe('AppOutput', () => {
  it('logs whole lines, however they come', () => {
    const { subject, logged, shown } = output('json');
    const text = line(30, 'ein Gerät');
    const bytes = Buffer.from(text + text);
    for (const byte of bytes) subject.write(Buffer.of(byte));
    subject.write(Buffer.from('half'));
    expect(logged()).toBe(text + text);
    expect(shown.join('')).toBe(text + text);
  });

  it('shows warnings only when everything is up', () => {
    const { subject, shown } = output('pretty');
    subject.write(Buffer.from(line(40, 'waiting for Kafka')));
    expect(shown).toEqual([]);
    subject.hasStarted();
    subject.write(Buffer.from(line(40, 'slow')));
    expect(shown.join('')).toMatch(/router {3}WARN {2}slow\n$/);
  });

  it('shows a person a busy app in part, its warnings before the rest, and logs all of it', () => {
    const { subject, shown, logged, clock } = output('pretty');
    subject.hasStarted();
    const told = JSON.stringify({ level: 30, time: 0, app: 'api', event: 'webhook.verified', message: 'busy' });
    const text = `${told}\n`.repeat(1_000) + line(40, 'a warning');
    subject.write(Buffer.from(text));
    expect(shown).toHaveLength(21);
    expect(shown.at(-1)).toContain('a warning');
    clock.now = 1_000;
    subject.write(Buffer.from(line(50, 'later')));
    expect(shown.at(-1)).toContain('later');
    expect(logged()).toBe(text + line(50, 'later'));
  });

  it('gives a machine all of it, as it is', () => {
    const { subject, shown } = output('json');
    const text = line(30, 'busy').repeat(1_000) + 'Error: no line of ours\n';
    subject.write(Buffer.from(text));
    expect(shown.join('')).toBe(text);
    expect(subject.takeFault()).toBe('Error: no line of ours');
  });

  it('says where it left something out, since nobody read on', () => {
    const reads: (() => void)[] = [];
    const shown: string[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => {
        shown.push(chunk.toString('utf8'));
        reads.push(done);
      },
    });
    const terminal = new Terminal(stream, 'json');
    terminal.write(Buffer.alloc(1_048_576, 'x'));
    terminal.write('left out\n');
    reads.shift()?.();
    terminal.write('shown\n');
    for (let read = reads.shift(); read !== undefined; read = reads.shift()) read();
    expect(shown.slice(1).join('')).toMatch(/^9 bytes were left out here, .*\nshown\n$/);
  });

  it('keeps why an app ended, for one telling', () => {
    const { subject } = output('pretty');
    subject.write(Buffer.from(line(60, 'router failed: no Kafka')));
    expect(subject.takeFault()).toBe('router failed: no Kafka');
    expect(subject.takeFault()).toBeUndefined();
  });
});
