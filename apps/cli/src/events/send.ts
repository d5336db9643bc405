import { catalogue, exampleIn, normaliseEventName } from '@fleethook/events';
import { fieldLines } from '../connection/refusal.js';
import { UsageError } from '../running/cli-error.js';
import type { Ending } from '../running/exit-codes.js';
import type { Invocation } from '../running/invocation.js';
import { formatDuration } from '../values/duration.js';
import { isRecord, type JsonRecord } from '../values/json-value.js';
import { inBatches, readEvents } from './event-lines.js';
import { EventSender, type EventResult } from './event-sender.js';
import { deviceOf, named, type OutgoingEvent } from './outgoing.js';

export interface SendOptions {
  readonly type?: string;
  readonly device?: string;
  readonly data?: JsonRecord;
  readonly example?: boolean;
  readonly prn?: string;
  readonly insertedAt?: string;
  readonly batch: number;
  readonly tries: number;
  readonly gzip?: boolean;
  readonly quiet?: boolean;
}

/** Sends one event as the options say it, or all of a file. */
export async function send(invocation: Invocation, file: string | undefined, options: SendOptions): Promise<Ending> {
  const events = await source(invocation, file, options);
  const organization = await invocation.api.organization();
  const sender = new EventSender(invocation.intake, {
    isCompressed: options.gzip === true,
    maxTries: options.tries,
    signal: invocation.signal,
    onWait: (waitMs, reason) => invocation.output.warn(`${reason}; trying again in ${formatDuration(waitMs)}`),
  });
  const counts = { accepted: 0, rejected: 0, not_taken: 0 };
  for await (const batch of inBatches(events, options.batch)) {
    const results = await sender.send(batch.map(({ line, json }) => ({ line, json: named(json, organization) })));
    for (const result of results) {
      counts[result.status] += 1;
      if (options.quiet !== true || result.status !== 'accepted') print(invocation.output, result, file !== undefined);
    }
    // What follows would wait as long, in vain.
    if (results.some(({ status }) => status === 'not_taken')) break;
  }
  if (file !== undefined)
    invocation.output.note(
      `${counts.accepted} accepted, ${counts.rejected} rejected${counts.not_taken > 0 ? `, ${counts.not_taken} not taken; what follows them was not sent` : ''}`,
    );
  if (counts.not_taken > 0) return 'unavailable';
  return counts.rejected > 0 ? 'failed' : 'ok';
}

async function source(
  invocation: Invocation,
  file: string | undefined,
  options: SendOptions,
): Promise<AsyncIterable<OutgoingEvent>> {
  const { type } = options;
  if (type !== undefined && file !== undefined) throw new UsageError('Give a file or --type, not both.');
  if (type !== undefined) return only({ line: 1, json: JSON.stringify(await eventOf(invocation, type, options)) });
  if (file === undefined) throw new UsageError('There is nothing to send: give --type, a file, or - for stdin.');
  return readEvents(file);
}

// oxlint-disable-next-line typescript/require-await -- a list of one, in the form of those that are read
async function* only(event: OutgoingEvent): AsyncGenerator<OutgoingEvent> {
  yield event;
}

async function eventOf(invocation: Invocation, type: string, options: SendOptions): Promise<JsonRecord> {
  const name = normaliseEventName(type);
  if (name === undefined) throw new UsageError(`${type} is not the name of an event, such as device.connected.`);
  const [category, event] = name.split('.');
  const payload: JsonRecord = {
    ...(options.example === true ? await exampleOf(invocation, name) : {}),
    ...options.data,
  };
  if (options.device !== undefined) {
    const device = deviceOf(await invocation.api.organization(), options.device);
    payload['device'] = { ...(isRecord(payload['device']) ? payload['device'] : {}), ...device };
  }
  return {
    ...(options.prn === undefined ? {} : { prn: options.prn }),
    ...(options.insertedAt === undefined ? {} : { inserted_at: options.insertedAt }),
    type: category,
    data: { type: event, data: payload },
  };
}

async function exampleOf({ api }: Invocation, name: string): Promise<JsonRecord> {
  const shipped = catalogue.get(name);
  if (shipped !== undefined) {
    // A key that may only publish is not told whose it is, and needs no Admin API: its example names devices of nobody's here.
    const organization = await api.organization().catch(() => undefined);
    return organization === undefined ? shipped.example : exampleIn(organization, shipped);
  }
  const { event_type: type } = await api.call('GET /event-types/{name}', { path: { name } });
  return type.example;
}

function print(output: Invocation['output'], result: EventResult, isOfMany: boolean): void {
  output.record(result, () => {
    const place = isOfMany ? `line ${result.line}: ` : '';
    switch (result.status) {
      case 'accepted':
        output.line(`${place}${output.paint('good', 'accepted')} ${result.prn}`);
        break;
      case 'rejected':
        output.line(`${place}${output.paint('bad', 'rejected')}\n${fieldLines(result.errors)}`);
        break;
      case 'not_taken':
        output.line(`${place}${output.paint('bad', 'not taken')}: ${result.reason}`);
    }
  });
}
