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
