import type { logCreator, LogEntry } from 'kafkajs';
import type { Log } from '@fleethook/observability';
import { logLevel } from './kafkajs.js';

type Severity = 'error' | 'warn' | 'info' | 'debug';

/** Said at each pause and resume of a partition, which is our flow control and no news. */
const FLOW_CONTROL = /^(?:Pausing|Resuming) fetching from /;

/** Of a topic that was created a moment ago, by a broker that has not heard of it: whoever created it asks until one has. */
const NOT_KNOWN_YET = 'This server does not host this topic-partition';

/** The client's own lines in our form. What it calls an error it mostly tries again, so that is a warning here. */
export function clientLog(log: Log, purpose: string): logCreator {
  return () => (entry) => {
    const severity = severityOf(entry, purpose);
    if (!log.isLevelEnabled(severity)) return;
    log[severity]({ event: 'kafka.client', purpose, ...fieldsOf(entry) }, entry.log.message);
  };
}

function severityOf({ level, log }: LogEntry, purpose: string): Severity {
  switch (level) {
    case logLevel.NOTHING:
    case logLevel.ERROR:
      if (purpose === 'topics' && log['error'] === NOT_KNOWN_YET) return 'debug';
      return TRIED_AGAIN.some((field) => field in log) ? 'warn' : 'error';
    case logLevel.WARN:
      return 'warn';
    case logLevel.INFO:
      return FLOW_CONTROL.test(log.message) ? 'debug' : 'info';
    case logLevel.DEBUG:
      return 'debug';
  }
}

/** Fields of the lines that tell of one failed request or connection: the client, or the caller, tries it again. */
const TRIED_AGAIN = ['retryCount', 'correlationId', 'broker'];

const LEFT_OUT: ReadonlySet<string> = new Set(['timestamp', 'logger', 'message', 'stack', 'helpUrl']);

/** Only plain values: payloads and whole responses may hold bodies. */
function fieldsOf({ namespace, log }: LogEntry): Record<string, unknown> {
  const fields: Record<string, unknown> = { namespace };
  for (const [name, value] of Object.entries(log)) {
    if (LEFT_OUT.has(name)) continue;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      fields[snake(name)] = value;
  }
  return fields;
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
