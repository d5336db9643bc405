import { pino } from 'pino';
import pretty from 'pino-pretty';
import type { LoggerService } from '@nestjs/common';
import { LineBuffer } from './line-buffer.js';
import type { Log } from './log.js';
import { writesDirectly } from './wide-events.js';

export interface LogOptions {
  readonly app: string;
  readonly level: string;
  /** Undefined: pretty on a terminal, JSON otherwise. */
  readonly format: 'json' | 'pretty' | undefined;
}

const LINES = { flushCharacters: 65_536, flushIntervalMs: 250 };

export function createLog(options: LogOptions): Log {
  const { app, level } = options;
  const settings = { level, base: { app }, messageKey: 'message', errorKey: 'error' };
  const format = options.format ?? (process.stdout.isTTY ? 'pretty' : 'json');
  if (format === 'pretty') {
    return pino(
      settings,
      pretty({
        colorize: process.stdout.isTTY,
        messageKey: 'message',
        errorLikeObjectKeys: ['error'],
        ignore: 'pid,hostname',
        sync: true,
      }),
    );
  }
  const lines = new LineBuffer(pino.destination({ dest: 1, sync: false }), LINES);
  const log = pino(settings, lines);
  writesDirectly(log, { lines, app });
  process.once('exit', () => {
    try {
      lines.flushSync();
    } catch {
      // Nothing was opened yet, or the reader is gone: there is nowhere to say so.
    }
  });
  return log;
}

/** Nest's own lines, in our form and without its start-up chatter. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Log) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ event: 'nest', context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ event: 'nest', context }, String(message));
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ event: 'nest', context, stack }, String(message));
  }

  fatal(message: unknown, context?: string): void {
    this.logger.fatal({ event: 'nest', context }, String(message));
  }

  debug(): void {}

  verbose(): void {}
}
