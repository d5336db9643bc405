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

/** `version "-" trace-id "-" parent-id "-" trace-flags`, in hex; "future versions may add fields at the end" (W3C Trace Context §3.2). */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}(-[\x21-\x7e]{0,72})?$/;
/** "Vendors SHOULD propagate at least 512 characters" (§3.3.1.5): no more, since a fan-out repeats it for every webhook. */
const TRACESTATE = /^[\t\x20-\x7e]{0,512}$/;

/** Handed on whether or not this process traces; undefined when there is none, or one that HTTP could not carry or nobody can have meant. */
export function traceHeaders(headers: RecordHeaders): TraceHeaders | undefined {
  const traceparent = headerText(headers, 'traceparent');
  if (traceparent === undefined || !TRACEPARENT.test(traceparent)) return undefined;
  const tracestate = headerText(headers, 'tracestate');
  return tracestate === undefined || !TRACESTATE.test(tracestate) ? { traceparent } : { traceparent, tracestate };
}

export function writeTrace(headers: Record<string, string>, trace: TraceHeaders | undefined): void {
  if (trace === undefined) return;
  headers['traceparent'] = trace.traceparent;
  if (trace.tracestate !== undefined) headers['tracestate'] = trace.tracestate;
}
