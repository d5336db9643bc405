import { describe, expect, it } from '@jest/globals';
import type { LogEntry, logLevel as LogLevel } from 'kafkajs';
import type { Log } from '@fleethook/observability';
import { clientLog } from './client-log.js';
import { internalOf, logLevel } from './kafkajs.js';

const { createErrorFromCode } = internalOf('protocol/error') as { createErrorFromCode: (code: number) => Error };

interface Line {
  readonly severity: string;
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

function lines(entry: Partial<LogEntry['log']> & { level: LogLevel }, purpose = 'spec'): Line[] {
  const written: Line[] = [];
  const writer = (severity: string) => (fields: Record<string, unknown>, message: string) =>
    written.push({ severity, fields, message });
  const log = { isLevelEnabled: () => true } as unknown as Record<string, unknown>;
  for (const severity of ['error', 'warn', 'info', 'debug']) log[severity] = writer(severity);
  const { level, ...content } = entry;
  const whole = { timestamp: '', logger: 'kafkajs', message: '', ...content } as LogEntry['log'];
  clientLog(log as unknown as Log, purpose)(level)({ namespace: 'Runner', level, label: '', log: whole });
  return written;
}

describe('client log', () => {
  it.each(['Pausing fetching from 1 topics', 'Resuming fetching from 1 topics'])(
    'demotes flow control: %s',
    (message) => {
      expect(lines({ level: logLevel.INFO, message })[0]?.severity).toBe('debug');
    },
  );

  it('is needed as long as the client says these lines at info', () => {
    const { prototype } = internalOf('consumer/consumerGroup') as { prototype: { pause(): void; resume(): void } };
    expect(prototype.pause.toString()).toContain('logger.info(`Pausing fetching from ');
    expect(prototype.resume.toString()).toContain('logger.info(`Resuming fetching from ');
  });

  it('demotes that a new topic is not known everywhere, where topics are set up', () => {
    const { message } = createErrorFromCode(3);
    const entry = { level: logLevel.ERROR, message: 'Response Metadata', broker: 'b:1', error: message };
    expect(lines(entry, 'topics')[0]?.severity).toBe('debug');
    expect(lines(entry)[0]?.severity).toBe('warn');
  });

  it('calls what is tried again a warning, and the rest by its name', () => {
    expect(lines({ level: logLevel.ERROR, message: 'closed', broker: 'b:1' })[0]?.severity).toBe('warn');
    expect(lines({ level: logLevel.ERROR, message: 'Crash' })[0]?.severity).toBe('error');
    expect(lines({ level: logLevel.WARN, message: 'w' })[0]?.severity).toBe('warn');
    expect(lines({ level: logLevel.INFO, message: 'i' })[0]?.severity).toBe('info');
    expect(lines({ level: logLevel.DEBUG, message: 'd' })[0]?.severity).toBe('debug');
  });

  it('leaves out what may hold bodies and writes names in our form', () => {
    const [line] = lines({
      level: logLevel.INFO,
      message: 'm',
      groupId: 'g',
      payload: { value: 'secret' },
      retryCount: 2,
    });
    expect(line?.fields).toEqual({
      event: 'kafka.client',
      purpose: 'spec',
      namespace: 'Runner',
      group_id: 'g',
      retry_count: 2,
    });
  });
});
