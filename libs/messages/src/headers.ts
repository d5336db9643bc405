/** Record headers as read: the last value of a repeated name. Outgoing ones are always strings. */
export type RecordHeaders = Readonly<Record<string, Buffer>>;

/** A Kafka record as a codec reads it, wherever it came from. */
export interface EncodedRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
}

/** What a codec writes: everything but the topic. */
export interface RecordToSend {
  readonly key: string;
  readonly value: Buffer | string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export function headerText(headers: RecordHeaders, name: string): string | undefined {
  return headers[name]?.toString('utf8');
}

/** A whole number from a header; undefined when missing or not one. */
export function headerInteger(headers: RecordHeaders, name: string): number | undefined {
  const text = headers[name]?.toString('latin1');
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  return Number(text);
}
