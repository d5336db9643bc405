import { formatDuration } from '@fleethook/config';

/** A line that an app logged; only what is shown is looked at. */
export interface WideEvent {
  readonly level: number;
  readonly time: number;
  readonly app: string;
  readonly event: string;
  readonly message: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

export const WARN = 40;
export const ERROR = 50;

/** @returns undefined when the line is not one of ours: a crash, a warning of Node's */
export function parseWideEvent(line: string): WideEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const fields = JSON.parse(line) as Record<string, unknown>;
    const { level, time, app, event, message } = fields;
    if (typeof level !== 'number' || typeof time !== 'number') return undefined;
    return {
      level,
      time,
      app: typeof app === 'string' ? app : '',
      event: typeof event === 'string' ? event : '',
      message: typeof message === 'string' ? message : undefined,
      fields,
    };
  } catch {
    return undefined;
  }
}

/** Below a warning only these are worth a person's eye; the rest is in the log files. */
const TOLD: Readonly<Record<string, (event: WideEvent) => string>> = {
  'delivery.attempted': attempted,
  'delivery.dead': ({ fields }) => `gave up on ${text(fields['delivery'])}: ${text(fields['reason'])}`,
  'webhook.verified': ({ message }) => message ?? 'webhook verified',
  'webhook.disabled': ({ message, fields }) => message ?? `webhook ${text(fields['webhook'])} is disabled`,
};

/** The Kafka client tells every hiccup that it gets over by itself; what it does not get over, our own lines tell. */
const CLIENT_CHATTER = 'kafka.client';

/**
 * One short line, or undefined when there is nothing that a person has to see.
 * @param leastLevel from which on everything is shown
 */
export function renderWideEvent(event: WideEvent, colours: boolean, leastLevel: number = WARN): string | undefined {
  const told = TOLD[event.event];
  if (told === undefined && (event.level < leastLevel || event.event === CLIENT_CHATTER)) return undefined;
  const what = told?.(event) ?? [event.message ?? event.event, errorOf(event)].filter(Boolean).join(': ');
  const line = `${clock(event.time)} ${event.app.padEnd(8)} ${mark(event.level)}${what}`;
  return colours && event.level >= WARN ? `\u001B[${event.level >= ERROR ? 31 : 33}m${line}\u001B[0m` : line;
}

function attempted({ fields }: WideEvent): string {
  const how = [fields['outcome'], fields['stage'], fields['status']].filter((part) => part !== undefined).map(text);
  const again = typeof fields['due_in_ms'] === 'number' ? `, again in ${shortly(fields['due_in_ms'])}` : '';
  const latency = typeof fields['latency_ms'] === 'number' ? ` after ${Math.round(fields['latency_ms'])} ms` : '';
  return `${text(fields['event_name'])} attempt ${text(fields['attempt'])}: ${how.join(' ')}${latency}${again}`;
}

function errorOf({ fields }: WideEvent): string | undefined {
  const { error } = fields;
  if (typeof error === 'string') return error;
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : undefined;
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '?';

const shortly = (durationMs: number): string => formatDuration(Math.round(durationMs / 1_000) * 1_000 || durationMs);

function mark(level: number): string {
  if (level >= ERROR) return 'ERROR ';
  return level >= WARN ? 'WARN  ' : '';
}

/** Local time: who watches a terminal looks at a clock beside it. */
function clock(timeMs: number): string {
  return new Date(timeMs).toTimeString().slice(0, 8);
}
