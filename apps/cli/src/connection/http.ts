import { once } from 'node:events';
import { request as overHttp, type IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../running/cli-error.js';

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer<ArrayBuffer> | undefined;
  readonly timeoutMs?: number;
}

export interface HttpReply {
  readonly status: number;
  readonly contentType: string;
  /** Of `Retry-After`, when there is one that can be read. */
  readonly retryAfterMs: number | undefined;
  readonly text: string;
}

const TIMEOUT_MS = 30_000;

/**
 * One request. Not with `fetch`, which refuses ports that browsers block: Fleethook may listen on one.
 * @throws CliError unreachable when nothing answers; the signal's reason when it is aborted
 */
export async function exchange(request: HttpRequest, setting: string, signal: AbortSignal): Promise<HttpReply> {
  const timeoutMs = request.timeoutMs ?? TIMEOUT_MS;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const { method, headers, body } = request;
    const url = new URL(request.url);
    const ask = url.protocol === 'https:' ? overHttps : overHttp;
    const asked = ask(url, { method, headers, signal: AbortSignal.any([signal, timeout]) });
    // Once the answer has begun, whoever reads it is told what became of it.
    asked.on('error', () => undefined);
    asked.end(body);
    const [reply] = (await once(asked, 'response')) as [IncomingMessage];
    return {
      status: reply.statusCode ?? 0,
      contentType: reply.headers['content-type'] ?? '',
      retryAfterMs: retryAfterMs(reply.headers['retry-after'], Date.now()),
      text: await text(reply),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(request.url, timeoutMs, setting, timeout.aborted ? timeout.reason : error);
  }
}

/** A timer that is set to more fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Resolves after a while (24 days at most); the signal ends it at once, by throwing its reason. */
export async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await pause(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3). */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

/** @param setting that changes the address */
function unreachable(url: string, timeoutMs: number, setting: string, cause: unknown): CliError {
  const { origin } = new URL(url);
  const code = codeOf(cause);
  const details = { url: origin, reason: code };
  const told = (message: string, hint: string): CliError =>
    new CliError('unreachable', message, { hint, details, cause });
  const elsewhere = `If it listens elsewhere, set ${setting}.`;
  switch (code) {
    case 'ECONNREFUSED':
      return told(
        `Nothing listens at ${origin}.`,
        `Is Fleethook running? \`npm start\` starts it in a clone. ${elsewhere}`,
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return told(`The name in ${origin} cannot be resolved.`, `Check the spelling in ${setting}.`);
    case 'TimeoutError':
    case 'ETIMEDOUT':
      return told(`${origin} did not answer within ${timeoutMs / 1_000} s.`, `Is it the right address? ${elsewhere}`);
    case 'ECONNRESET':
    case 'EPIPE':
      return told(`${origin} closed the connection before it answered.`, 'Try again; it may just have been restarted.');
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return told(
        `The certificate of ${origin} is not signed by an authority that is known here.`,
        'Name the authority: NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
      );
    default:
      return told(`${origin} cannot be reached: ${code}.`, elsewhere);
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return error.name;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
