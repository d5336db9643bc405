import type { Schemas } from '@fleethook/contract';

/** What the API refused, or what became of a request that got no answer. */
export class Problem extends Error {
  constructor(
    /** 0: no answer came. */
    readonly status: number,
    readonly detail: string,
    /** Messages by field, of a 422. */
    readonly fields: Readonly<Record<string, readonly string[]>> = {},
    readonly requestId?: string,
    readonly retryAfterSeconds?: number,
    /** What passed when an endpoint did not pass its verification. */
    readonly testFire?: Schemas['FailedTestFire'],
  ) {
    super(detail);
    this.name = 'Problem';
  }
}

const WORDS: Readonly<Record<number, string>> = {
  0: 'The API did not answer. Is it running, and is the network there?',
  401: 'The session has ended. Sign in again.',
  403: 'This API key may not do that: it lacks the scope.',
  404: 'There is nothing here by that name, or it belongs to another organization.',
  429: 'Too many requests from this key. Wait a moment.',
};

/** @param body as parsed; undefined when it was no JSON */
export function problemOf(status: number, headers: Headers, body: unknown): Problem {
  const retryAfter = Number(headers.get('retry-after'));
  const [detail, fields] = errorsIn(body);
  return new Problem(
    status,
    WORDS[status] === undefined || (detail !== undefined && status === 403)
      ? (detail ?? (Object.keys(fields).length > 0 ? 'Some of it cannot be accepted.' : `The API answered ${status}.`))
      : WORDS[status],
    fields,
    headers.get('peridio-request-id') ?? undefined,
    retryAfter > 0 ? retryAfter : undefined,
    (body as Partial<Schemas['WebhookRefusal']> | null | undefined)?.test_fire,
  );
}

export const noAnswer = (): Problem => new Problem(0, WORDS[0] ?? '');

function errorsIn(body: unknown): [detail: string | undefined, fields: Record<string, string[]>] {
  if (typeof body !== 'object' || body === null || !('errors' in body)) return [undefined, {}];
  const { errors } = body;
  if (typeof errors !== 'object' || errors === null) return [undefined, {}];
  const fields: Record<string, string[]> = {};
  let detail: string | undefined;
  for (const [name, value] of Object.entries(errors)) {
    if (Array.isArray(value)) fields[name] = value.map(String);
    else if (name === 'detail' && typeof value === 'string') detail = value;
  }
  return [detail, fields];
}

/** The messages of one field and of what is within it, as a sentence; undefined when there are none. */
export function fieldProblem(error: unknown, field: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  const found = Object.entries(error.fields).flatMap(([name, messages]) => {
    if (name === field) return messages;
    return name.startsWith(`${field}.`) ? messages.map((message) => `${name}: ${message}`) : [];
  });
  return found.length === 0 ? undefined : found.join('; ');
}

/** The fields that no input on the page shows. */
export function otherFields(error: Problem, shown: readonly string[]): [string, string][] {
  return Object.entries(error.fields)
    .filter(([name]) => !shown.some((field) => name === field || name.startsWith(`${field}.`)))
    .map(([name, messages]) => [name, messages.join('; ')]);
}
