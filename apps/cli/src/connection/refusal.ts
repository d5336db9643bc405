import { API_KEY_SCOPES } from '@fleethook/contract';
import { CliError } from '../running/cli-error.js';
import { formatDuration } from '../values/duration.js';
import { isRecord, type JsonRecord } from '../values/json-value.js';
import type { HttpReply } from './http.js';

/** A request that was answered, but not as asked: the words of the answer, and what to do. @param what method and path */
export function refusalOf(reply: HttpReply, what: string, origin: string): CliError {
  const { status } = reply;
  const body = bodyOf(reply.text);
  const errors = isRecord(body['errors']) ? body['errors'] : undefined;
  const detail = typeof errors?.['detail'] === 'string' ? errors['detail'] : undefined;
  const details = {
    status,
    ...(errors === undefined ? {} : { errors }),
    // What passed between Fleethook and an endpoint that it was to take.
    ...('test_fire' in body ? { test_fire: body['test_fire'] } : {}),
  };
  switch (status) {
    case 401:
      return new CliError('unauthorized', `The API key is not accepted${detail === undefined ? '' : `: ${detail}`}.`, {
        hint: `Is it a key of ${origin}, and not revoked or expired? It comes from --api-key or FLEETHOOK_API_KEY.`,
        details,
      });
    case 403:
      return new CliError('unauthorized', `The API key may not do this${detail === undefined ? '' : `: ${detail}`}.`, {
        hint: `Its scopes are set when it is made: fleethook keys create NAME --scope ${API_KEY_SCOPES.join(',')}`,
        details,
      });
    case 404:
      return new CliError('not_found', `${subjectOf(what)} is not there.`, {
        hint: 'It does not exist, or belongs to another organization.',
        details,
      });
    case 429:
    case 503: {
      const after = reply.retryAfterMs === undefined ? 'in a while' : `in ${formatDuration(reply.retryAfterMs)}`;
      return new CliError('unavailable', `${detail ?? 'Fleethook is busy'}.`, {
        hint: `Try again ${after}.`,
        details: {
          ...details,
          ...(reply.retryAfterMs === undefined ? {} : { retry_after_seconds: reply.retryAfterMs / 1_000 }),
        },
      });
    }
    default:
      if (errors === undefined) return notFleethook(reply, origin);
      return new CliError('failed', detail === undefined ? `Fleethook refuses this (${status}).` : `${detail}.`, {
        hint: detail === undefined ? fieldLines(errors) : undefined,
        details,
      });
  }
}

/** `GET /webhooks/prn:1:...`: the PRN, id or name in a path, else all of it. */
function subjectOf(what: string): string {
  return decodeURIComponent(/^\S+ \/[^/]+\/([^/]+)/.exec(what)?.[1] ?? what);
}

/** What answered is not what it was taken for. */
export function notFleethook(reply: HttpReply, origin: string): CliError {
  const type = reply.contentType === '' ? 'no content type' : reply.contentType;
  return new CliError('failed', `${origin} answered ${reply.status} with ${type}, which is not Fleethook's.`, {
    hint: 'Is it the address of Fleethook itself? Set FLEETHOOK_URL (Admin API) or FLEETHOOK_INGEST_URL (intake).',
    details: { status: reply.status },
  });
}

function bodyOf(text: string): JsonRecord {
  try {
    const body: unknown = JSON.parse(text);
    return isRecord(body) ? body : {};
  } catch {
    return {};
  }
}

/** `  url: must start with https://`, a line for each fault. */
export function fieldLines(errors: Readonly<Record<string, unknown>>): string {
  return Object.entries(errors)
    .flatMap(([field, faults]) =>
      (Array.isArray(faults) ? faults : [faults]).map(
        (fault) => `  ${field === '' ? 'event' : field}: ${String(fault)}`,
      ),
    )
    .join('\n');
}
