/** Record headers as text, read or to be sent; of a repeated name the last value. */
export type RecordHeaders = Readonly<Record<string, string>>;

/** A Kafka record as a codec reads it, wherever it came from. */
export interface EncodedRecord {
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
}

/** What a codec writes: everything but the topic. */
export interface RecordToSend {
  readonly key: string;
  readonly value: Buffer | string | null;
  readonly headers: RecordHeaders;
}

export function headerText(headers: RecordHeaders, name: string): string | undefined {
  return Object.hasOwn(headers, name) ? headers[name] : undefined;
}

/** A whole number from a header; undefined when missing or not one. */
export function headerInteger(headers: RecordHeaders, name: string): number | undefined {
  const text = headerText(headers, name);
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  return Number(text);
}

/** W3C Trace Context of whoever wrote a record, as it stands in the headers of the same names. */
export interface TraceHeaders {
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
}

/** A traceparent of version 00 has 55 characters; "future versions may add fields at the end" (W3C Trace Context §3.2). */
const MAX_TRACEPARENT_CHARACTERS = 128;
/** "Vendors SHOULD propagate at least 512 characters" (§3.3.1.5): no more, since a fan-out repeats it for every webhook. */
const MAX_TRACESTATE_CHARACTERS = 512;

/** Handed on whether or not this process traces, and not read; undefined when there is none, or one that nobody can have meant. */
export function traceHeaders(headers: RecordHeaders): TraceHeaders | undefined {
  const traceparent = headerText(headers, 'traceparent');
  if (traceparent === undefined || traceparent.length > MAX_TRACEPARENT_CHARACTERS) return undefined;
  const tracestate = headerText(headers, 'tracestate');
  return tracestate === undefined || tracestate.length > MAX_TRACESTATE_CHARACTERS
    ? { traceparent }
    : { traceparent, tracestate };
}

export function writeTrace(headers: Record<string, string>, trace: TraceHeaders | undefined): void {
  if (trace === undefined) return;
  headers['traceparent'] = trace.traceparent;
  if (trace.tracestate !== undefined) headers['tracestate'] = trace.tracestate;
}
