import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { decodeAttempt } from './attempt.message.js';
import { decodeDead } from './dead-letter.message.js';
import { decodeDelivery } from './delivery.message.js';
import { decodeEvent } from './event.message.js';
import type { EncodedRecord } from './headers.js';
import { decodeConfig } from './webhook-config.message.js';

interface KeptRecord {
  readonly what: string;
  readonly kind: keyof typeof READERS;
  readonly key: string;
  /** Base64. */
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes as text, and what is undefined left out. */
  readonly reads: object;
}

const READERS = {
  event: decodeEvent,
  delivery: decodeDelivery,
  attempt: decodeAttempt,
  dead: decodeDead,
  config: decodeConfig,
} satisfies Record<string, (record: EncodedRecord) => unknown>;

const { records } = JSON.parse(readFileSync(new URL('formats.json', import.meta.url), 'utf8')) as {
  records: readonly KeptRecord[];
};

const encoded = ({ key, value, headers }: KeptRecord): EncodedRecord => ({
  key,
  value: Buffer.from(value, 'base64'),
  headers,
});

/** Bytes as text, and what is undefined left out. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (_name, part: unknown) => {
    const isBytes = typeof part === 'object' && part !== null && 'type' in part && part.type === 'Buffer';
    return isBytes ? Buffer.from(part as unknown as Buffer).toString('utf8') : part;
  });
  return JSON.parse(text) as unknown;
}

describe('a record of version 0.1.0', () => {
  it.each(records.map((record) => [record.what, record] as const))('%s is read as it was meant', (_what, record) => {
    expect(plain(READERS[record.kind](encoded(record)))).toEqual(record.reads);
  });

  it.each(records.map((record) => [record.what, record] as const))(
    '%s is read also when a later version has added to it, so that one can go back',
    (_what, record) => {
      const { value, headers, ...rest } = encoded(record);
      const later = { ...rest, headers: { ...headers, 'of-tomorrow': '1' }, value: withFieldOfTomorrow(record, value) };
      expect(plain(READERS[record.kind](later))).toMatchObject(record.reads);
    },
  );
});

/** Values of attempts and of configuration are ours; of the others, they are the event. */
function withFieldOfTomorrow({ kind }: KeptRecord, value: Buffer | null): Buffer | null {
  if (kind !== 'attempt' && kind !== 'config') return value;
  const fields = JSON.parse(String(value)) as object;
  return Buffer.from(JSON.stringify({ ...fields, ofTomorrow: { added: true } }));
}
