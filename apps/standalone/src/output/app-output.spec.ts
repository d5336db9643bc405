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

  it('shows a busy app in part, and logs all of it', () => {
    const { subject, shown, logged, clock } = output('json');
    const text = line(30, 'busy').repeat(1_000);
    subject.write(Buffer.from(text));
    expect(shown).toHaveLength(20);
    clock.now = 1_000;
    subject.write(Buffer.from(line(30, 'later')));
    expect(shown.at(-1)).toContain('later');
    expect(logged()).toBe(text + line(30, 'later'));
  });

  it('keeps why an app ended, for one telling', () => {
    const { subject } = output('pretty');
    subject.write(Buffer.from(line(60, 'router failed: no Kafka')));
    expect(subject.takeFault()).toBe('router failed: no Kafka');
    expect(subject.takeFault()).toBeUndefined();
  });
});
