import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { LineBuffer } from './line-buffer.js';
import { WideEvents, writesDirectly } from './wide-events.js';

function logInto(pieces: string[], level = 'info') {
  const lines = new LineBuffer(
    { write: (text) => pieces.push(text), flushSync: () => undefined },
    { flushCharacters: 1_000_000, flushIntervalMs: 1_000_000 },
  );
  const log = pino({ level, base: { app: 'delivery' }, messageKey: 'message', errorKey: 'error' }, lines);
  return { log, lines };
}

const FIELDS = {
  event: 'delivery.attempted',
  webhook: 'prn "quoted"\n',
  attempt: 3,
  status: undefined,
  is_first: false,
};

const timeless = (line: string | undefined): string | undefined => line?.replace(/"time":\d+/, '"time":0');

describe('wide events', () => {
  it('writes the line that the log itself would write', () => {
    const pieces: string[] = [];
    const { log, lines } = logInto(pieces);
    log.info(FIELDS);
    writesDirectly(log, { lines, app: 'delivery' });
    new WideEvents(log).info(FIELDS);
    lines.close();
    const [own, fast, rest] = pieces.join('').split('\n');
    expect(timeless(fast)).toBe(timeless(own));
    expect(rest).toBe('');
  });

  it('falls back to a log that writes something else than JSON lines of ours', () => {
    const pieces: string[] = [];
    const { log, lines } = logInto(pieces);
    new WideEvents(log).info(FIELDS);
    lines.close();
    expect(pieces.join('')).toContain('"event":"delivery.attempted"');
  });

  it('is silent above its level', () => {
    const pieces: string[] = [];
    const { log, lines } = logInto(pieces, 'warn');
    writesDirectly(log, { lines, app: 'delivery' });
    new WideEvents(log).info(FIELDS);
    lines.close();
    expect(pieces).toEqual([]);
  });

  it('writes many lines in one piece, in order, and at the latest when it is full', () => {
    const pieces: string[] = [];
    const lines = new LineBuffer(
      { write: (text) => pieces.push(text), flushSync: () => undefined },
      { flushCharacters: 10, flushIntervalMs: 1_000_000 },
    );
    for (const line of ['one\n', 'two\n', 'three\n', 'four\n']) lines.write(line);
    lines.flushSync();
    lines.close();
    expect(pieces).toEqual(['one\ntwo\nthree\n', 'four\n']);
  });
});
