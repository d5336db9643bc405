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

/** One request. @throws CliError unreachable when nothing answers; the signal's reason when it is aborted */
export async function exchange(request: HttpRequest, setting: string, signal: AbortSignal): Promise<HttpReply> {
  const timeoutMs = request.timeoutMs ?? TIMEOUT_MS;
  try {
    const reply = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    return {
      status: reply.status,
      contentType: reply.headers.get('content-type') ?? '',
      retryAfterMs: retryAfterMs(reply.headers.get('retry-after'), Date.now()),
      text: await reply.text(),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(request.url, timeoutMs, setting, error);
  }
}

/** A timer that is set to more fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Resolves after a while (24 days at most); the signal ends it at once, by throwing its reason. */
export async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await pause(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3). */
export function retryAfterMs(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined;
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
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return told(`${origin} did not answer within ${timeoutMs / 1_000} s.`, `Is it the right address? ${elsewhere}`);
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
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

/** The system's code is in the cause of what `fetch` throws. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return error.name;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error.cause === undefined ? error.message : codeOf(error.cause);
}
