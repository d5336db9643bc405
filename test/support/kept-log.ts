import { Writable } from 'node:stream';
import type { Log } from '@fleethook/observability';
import { pino } from 'pino';

/** A log of which every line is kept, as JSON. */
export function keptLog(lines: string[]): Log {
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });
  return pino({ level: 'debug', messageKey: 'message', errorKey: 'error' }, sink);
}
