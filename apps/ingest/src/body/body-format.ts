import { Problem } from '../http/problem.js';

export interface BodyFormat {
  readonly type: 'json' | 'ndjson';
  readonly encoding: 'identity' | 'gzip' | 'zstd';
}

const TYPES: Readonly<Record<string, BodyFormat['type']>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
};

// RFC 9110 §8.4.1.3: x-gzip is another name of gzip.
const ENCODINGS: Readonly<Record<string, BodyFormat['encoding']>> = {
  '': 'identity',
  identity: 'identity',
  gzip: 'gzip',
  'x-gzip': 'gzip',
  zstd: 'zstd',
};

/** How a body is to be read. @throws Problem 415 */
export function bodyFormat(headers: Readonly<Record<string, unknown>>): BodyFormat {
  const [media = '', ...parameters] = headerText(headers['content-type']).split(';');
  const type = own(TYPES, media.trim());
  if (type === undefined || !parameters.every(isUtf8Parameter))
    throw new Problem(415, 'The content type must be application/json or application/x-ndjson, in UTF-8');
  const encoding = own(ENCODINGS, headerText(headers['content-encoding']));
  if (encoding === undefined)
    // RFC 9110 §15.5.16: an answer to an unknown coding names the known ones.
    throw new Problem(415, 'The content encoding must be gzip or zstd, once, or none', {
      headers: { 'accept-encoding': 'gzip, zstd' },
    });
  return { type, encoding };
}

/** Other parameters than the charset mean nothing to us. */
function isUtf8Parameter(parameter: string): boolean {
  const [name = '', value = ''] = parameter.split('=');
  return name.trim() !== 'charset' || /^"?utf-?8"?$/.test(value.trim());
}

function headerText(value: unknown): string {
  return typeof value === 'string' ? value.trim().toLowerCase() : '';
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
