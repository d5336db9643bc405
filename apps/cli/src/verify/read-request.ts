import { UsageError } from '../running/cli-error.js';
import { isRecord } from '../values/json-value.js';
import type { ReceivedRequest } from './received-request.js';
import { shellWords } from './shell-words.js';

const HEADER = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*(.*)$/;
const REQUEST_LINE = /^[A-Z]+ \S+(?: HTTP\/\S+)?$/;
const BODY_OPTIONS = new Set(['-d', '--data', '--data-raw', '--data-binary', '--data-ascii', '--json']);
const HEADER_OPTIONS = new Set(['-H', '--header']);

/**
 * A whole request in one text: what `listen --json` prints for it, a curl command, or HTTP as it was on the wire (also with the `> ` before
 * each line that `curl -v` prints).
 * @throws UsageError when it is none of them
 */
export function readRequest(dump: Buffer): ReceivedRequest {
  const text = dump.toString('utf8').trimStart();
  if (text.startsWith('{')) return fromJson(text);
  if (/^\$?\s*curl\s/.test(text)) return fromCurl(text);
  return fromWire(dump);
}

/** `Name: value` lines; a request line, blank lines and `> ` before them are passed over. @throws UsageError */
export function readHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const bare = line.replace(/^[><] ?/, '').trimEnd();
    if (bare === '' || REQUEST_LINE.test(bare)) continue;
    const [, name, value] = HEADER.exec(bare) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`${JSON.stringify(bare.slice(0, 60))} is no header such as webhook-id: prn:1:...`);
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

function fromJson(text: string): ReceivedRequest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError('It begins like JSON, and is none. A body alone needs --headers beside it.');
  }
  const { headers, body } = isRecord(value) ? value : {};
  if (!isRecord(headers) || typeof body !== 'string')
    throw new UsageError('The JSON has no headers and body of a request. A body alone needs --headers beside it.');
  return {
    headers: Object.fromEntries(Object.entries(headers).map(([name, one]) => [name.toLowerCase(), String(one)])),
    body: Buffer.from(body),
  };
}

function fromCurl(text: string): ReceivedRequest {
  const headers: Record<string, string> = {};
  const bodies: string[] = [];
  const words = shellWords(text);
  for (const [index, word] of words.entries()) {
    const value = words[index + 1] ?? '';
    if (HEADER_OPTIONS.has(word)) Object.assign(headers, readHeaders(value));
    if (BODY_OPTIONS.has(word)) bodies.push(value);
  }
  if (bodies.some((body) => body.startsWith('@')))
    throw new UsageError(
      'The curl command takes its body from a file: give it with --body, and the headers with --headers.',
    );
  return { headers, body: Buffer.from(bodies.join('&')) };
}

function fromWire(dump: Buffer): ReceivedRequest {
  const [end, length] = headEnd(dump);
  return { headers: readHeaders(dump.toString('utf8', 0, end)), body: dump.subarray(end + length) };
}

/** Where the first empty line is, and how long it is with the line end before it. */
function headEnd(dump: Buffer): [at: number, length: number] {
  for (const separator of ['\r\n\r\n', '\n\n', '\n> \n', '\n>\n', '\r\n> \r\n', '\r\n>\r\n']) {
    const at = dump.indexOf(separator);
    if (at !== -1) return [at, separator.length];
  }
  throw new UsageError('There is no empty line between headers and body: give them with --headers and --body.');
}
