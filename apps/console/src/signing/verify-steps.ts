import { base64Of, hexOf, hmac, readSecret, utf8, type ReadSecret } from './secret.js';

export interface VerifyInput {
  readonly secret: string;
  readonly body: string;
  /** By lower-case name, as received. */
  readonly headers: Readonly<Record<string, string>>;
  /** The receiver's clock; undefined: the age is not judged. */
  readonly nowMs: number | undefined;
}

export interface Step {
  readonly title: string;
  readonly detail: string;
  /** What was computed or read, to compare with one's own code. */
  readonly value?: string;
  readonly state: 'done' | 'wrong' | 'note';
}

export interface Verdict {
  readonly scheme: 'Peridio' | 'Standard Webhooks';
  readonly valid: boolean;
  readonly steps: readonly Step[];
}

/** How one scheme makes its signature. */
interface Scheme {
  readonly name: Verdict['scheme'];
  readonly headers: readonly string[];
  readonly signatureHeader: string;
  /** What stands before the body in what is signed. */
  readonly prefix: (headers: Readonly<Record<string, string>>) => string;
  readonly rule: string;
  readonly encode: (mac: Uint8Array) => string;
  readonly candidates: (signature: string) => string[];
  readonly signedAtMs: (headers: Readonly<Record<string, string>>) => number;
}

const PERIDIO: Scheme = {
  name: 'Peridio',
  headers: ['peridio-published-at', 'peridio-signature'],
  signatureHeader: 'peridio-signature',
  prefix: (headers) => headers['peridio-published-at'] ?? '',
  rule: 'the value of peridio-published-at, immediately followed by the raw body',
  encode: hexOf,
  candidates: (signature) => signature.split(',').map((entry) => entry.trim().toUpperCase()),
  signedAtMs: (headers) => Date.parse(headers['peridio-published-at'] ?? ''),
};

const STANDARD: Scheme = {
  name: 'Standard Webhooks',
  headers: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
  signatureHeader: 'webhook-signature',
  prefix: (headers) => `${headers['webhook-id'] ?? ''}.${headers['webhook-timestamp'] ?? ''}.`,
  rule: 'webhook-id, a dot, webhook-timestamp, a dot, and the raw body',
  encode: base64Of,
  candidates: (signature) =>
    signature
      .split(' ')
      .filter((entry) => entry.startsWith('v1,'))
      .map((entry) => entry.slice('v1,'.length)),
  signedAtMs: (headers) => Number(headers['webhook-timestamp']) * 1_000,
};

const TOLERANCE_MS = 5 * 60_000;

/** Both schemes, as far as their headers were given; Peridio's when none was. */
export async function verify(input: VerifyInput): Promise<Verdict[]> {
  const given = [PERIDIO, STANDARD].filter(({ signatureHeader }) => (input.headers[signatureHeader] ?? '') !== '');
  return Promise.all((given.length === 0 ? [PERIDIO] : given).map((scheme) => verifyOne(scheme, input)));
}

async function verifyOne(scheme: Scheme, input: VerifyInput): Promise<Verdict> {
  const { name } = scheme;
  const secret = readSecret(input.secret);
  const missing = scheme.headers.filter((header) => (input.headers[header] ?? '') === '');
  const steps = [secretStep(secret), headersStep(scheme, missing)];
  if (secret === undefined || missing.length > 0) return { scheme: name, valid: false, steps };
  const prefix = scheme.prefix(input.headers);
  const message = utf8(prefix + input.body);
  const expected = scheme.encode(await hmac(secret.bytes, message));
  const candidates = scheme.candidates(input.headers[scheme.signatureHeader] ?? '');
  const fits = candidates.includes(expected);
  steps.push(
    {
      title: 'Put together what is signed',
      detail: `${message.length} bytes: ${scheme.rule}.`,
      value: prefix + (input.body.length > 400 ? `${input.body.slice(0, 400)}…` : input.body),
      state: 'done',
    },
    {
      title: 'Compute HMAC-SHA256',
      detail: 'With the 16 bytes of the secret as its key.',
      value: expected,
      state: 'done',
    },
    {
      title: 'Compare with what came',
      detail: fits
        ? `It is ${candidates.length > 1 ? `one of the ${candidates.length} signatures` : 'the signature'} in ${scheme.signatureHeader}. Compare in constant time in your own code.`
        : await explained(scheme, secret, input, candidates),
      value: candidates.join('\n'),
      state: fits ? 'done' : 'wrong',
    },
  );
  if (input.nowMs !== undefined) steps.push(ageStep(scheme.signedAtMs(input.headers), input.nowMs));
  return { scheme: name, valid: fits && steps.every(({ state }) => state !== 'wrong'), steps };
}

function secretStep(secret: ReadSecret | undefined): Step {
  const title = 'Read the secret';
  if (secret === undefined)
    return { title, detail: 'It is neither 32 hex digits nor whsec_ followed by base64.', state: 'wrong' };
  const form = secret.form === 'hex' ? 'The hex digits' : 'The base64 after whsec_';
  return {
    title,
    detail: `${form} decoded to ${secret.bytes.length} bytes: these are the key, not the text.`,
    state: 'done',
  };
}

function headersStep({ headers }: Scheme, missing: readonly string[]): Step {
  const title = 'Find the headers';
  if (missing.length > 0) return { title, detail: `Missing: ${missing.join(', ')}.`, state: 'wrong' };
  return { title, detail: `${headers.join(', ')}: all there.`, state: 'done' };
}

function ageStep(signedAtMs: number, nowMs: number): Step {
  const title = 'Look at the clock';
  if (Number.isNaN(signedAtMs)) return { title, detail: 'The time of signing cannot be read.', state: 'wrong' };
  const seconds = Math.round((nowMs - signedAtMs) / 1_000);
  const isFar = Math.abs(nowMs - signedAtMs) > TOLERANCE_MS;
  const age = `Signed ${Math.abs(seconds)} s ${seconds < 0 ? 'in the future' : 'ago'}`;
  return {
    title,
    detail: isFar
      ? `${age}: more than 5 minutes, so a receiver refuses it now. When it came it may have been fresh.`
      : `${age}: within the 5 minutes that receivers allow.`,
    state: isFar ? 'note' : 'done',
  };
}

/** The mistakes that receivers make, each tried out. */
async function explained(
  scheme: Scheme,
  secret: ReadSecret,
  { secret: text, body, headers }: VerifyInput,
  candidates: readonly string[],
): Promise<string> {
  const prefix = scheme.prefix(headers);
  const fits = async (key: Uint8Array<ArrayBuffer>, signed: string): Promise<boolean> =>
    candidates.includes(scheme.encode(await hmac(key, utf8(signed))));
  const guesses: [string, Uint8Array<ArrayBuffer>, string][] = [
    ['the sender used the text of the secret as its key, not its bytes', utf8(text.trim()), prefix + body],
    ['the body you pasted ends with a line break that was not sent', secret.bytes, prefix + body.replace(/\r?\n$/, '')],
    ['the body you pasted was formatted; what was sent is compact JSON', secret.bytes, prefix + compact(body)],
    ['the signature is over the body alone, without what comes before it', secret.bytes, body],
  ];
  for (const [words, key, signed] of guesses) if (await fits(key, signed)) return `It does not fit, because ${words}.`;
  return 'None fits: another secret (was it rolled?), or the body or the time is not the one that came.';
}

function compact(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return body;
  }
}

/** `name: value` lines, as logs and proxies print them; names in lower case. */
export function headersFrom(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const found = /^[\s>"'-]*([A-Za-z][A-Za-z0-9-]*)["']?\s*[:=]\s*["']?(.*?)["',]*\s*$/.exec(line);
    if (found?.[1] !== undefined) headers[found[1].toLowerCase()] = found[2] ?? '';
  }
  return headers;
}

/** The headers of a request that is signed now, in both schemes. */
export async function signedHeaders(
  secret: ReadSecret,
  id: string,
  body: string,
  nowMs: number,
): Promise<[string, string][]> {
  const publishedAt = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  const headers: Record<string, string> = {
    'peridio-published-at': publishedAt,
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(nowMs / 1_000)),
  };
  const sign = async (scheme: Scheme): Promise<string> =>
    scheme.encode(await hmac(secret.bytes, utf8(scheme.prefix(headers) + body)));
  const [peridio, standard] = await Promise.all([sign(PERIDIO), sign(STANDARD)]);
  return Object.entries({ ...headers, 'peridio-signature': peridio, 'webhook-signature': `v1,${standard}` });
}
