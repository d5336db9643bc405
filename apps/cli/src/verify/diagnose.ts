import { DEFAULT_TOLERANCE_SECONDS, type SigningKey } from '@fleethook/signing';
import { formatDuration } from '../values/duration.js';
import { isRecord } from '../values/json-value.js';
import { BODY_VARIANTS, isAsSent } from './body-variants.js';
import { FAMILIES, type Family, type FamilyName } from './families.js';
import type { ReceivedRequest } from './received-request.js';
import type { KnownSecret } from './secrets.js';

export interface Finding {
  readonly code: string;
  readonly message: string;
}

export interface FamilyReport {
  readonly family: FamilyName;
  /** `absent`: none of its headers is there. */
  readonly verdict: 'valid' | 'invalid' | 'absent';
  /** Positive: it was signed before the clock's time. Null when that cannot be read. */
  readonly ageSeconds: number | null;
  /** What is wrong, in the order in which to look at it. */
  readonly findings: readonly Finding[];
}

export interface Diagnosis {
  /** At least one family fits, and none does not. */
  readonly isValid: boolean;
  readonly families: readonly FamilyReport[];
  /** What is odd about the request as a whole. */
  readonly findings: readonly Finding[];
}

export interface DiagnoseOptions {
  readonly nowMs: number;
  readonly toleranceSeconds?: number;
}

/** Checks a request by both schemes, and says of each what exactly is wrong. */
export function diagnose(
  request: ReceivedRequest,
  secrets: readonly KnownSecret[],
  options: DiagnoseOptions,
): Diagnosis {
  const families = FAMILIES.map((family) => reportOf(family, request, secrets, options));
  const isValid =
    families.some(({ verdict }) => verdict === 'valid') && families.every(({ verdict }) => verdict !== 'invalid');
  return { isValid, families, findings: wholeFindings(request, families) };
}

function reportOf(
  family: Family,
  request: ReceivedRequest,
  secrets: readonly KnownSecret[],
  { nowMs, toleranceSeconds = DEFAULT_TOLERANCE_SECONDS }: DiagnoseOptions,
): FamilyReport {
  const missing = family.headers.filter((name) => (request.headers[name] ?? '') === '');
  const signedAtMs = family.signedAtMs(request.headers);
  const ageSeconds = signedAtMs === undefined ? null : Math.round((nowMs - signedAtMs) / 1_000);
  const told = (verdict: FamilyReport['verdict'], findings: readonly Finding[]): FamilyReport => ({
    family: family.name,
    verdict,
    ageSeconds,
    findings,
  });
  if (missing.length > 0)
    return told(
      missing.length === family.headers.length ? 'absent' : 'invalid',
      missing.map((name) => ({ code: 'HEADER_MISSING', message: `the header ${name} is missing or empty` })),
    );
  if (ageSeconds === null)
    return told('invalid', [{ code: 'TIMESTAMP_MALFORMED', message: family.timeWords(request.headers) }]);
  const findings = [...signatureFindings(family, request, secrets), ...clockFindings(ageSeconds, toleranceSeconds)];
  return told(findings.length === 0 ? 'valid' : 'invalid', findings);
}

function clockFindings(ageSeconds: number, toleranceSeconds: number): Finding[] {
  if (Math.abs(ageSeconds) <= toleranceSeconds) return [];
  const distance = `${Math.abs(ageSeconds)} s${Math.abs(ageSeconds) < 120 ? '' : ` (${formatDuration(Math.abs(ageSeconds) * 1_000)})`}`;
  return ageSeconds > 0
    ? [
        {
          code: 'TIMESTAMP_TOO_OLD',
          message: `it was signed ${distance} ago, and ${toleranceSeconds} s are allowed: an old request, or a clock that is ahead. To check an old one as of then: --at`,
        },
      ]
    : [
        {
          code: 'TIMESTAMP_IN_FUTURE',
          message: `it was signed ${distance} in the future, and ${toleranceSeconds} s are allowed: this clock is behind, or the sender's ahead`,
        },
      ];
}

function signatureFindings(
  family: Family,
  { headers, body }: ReceivedRequest,
  secrets: readonly KnownSecret[],
): Finding[] {
  const keys = secrets.map(({ bytes }) => bytes);
  const fits = (candidate: Buffer, using: readonly SigningKey[] = keys): boolean =>
    family.fault(headers, candidate, using) === undefined;
  const fault = family.fault(headers, body, keys);
  if (fault === undefined) return [];
  if (fault === 'SIGNATURE_MALFORMED') return [{ code: fault, message: family.signatureWords(headers) }];
  for (const { code, message, undo } of BODY_VARIANTS) {
    const candidate = undo(body);
    if (candidate !== undefined && !candidate.equals(body) && fits(candidate)) return [{ code, message }];
  }
  if (
    fits(
      body,
      secrets.map((secret) => Buffer.from(secret.text)),
    )
  )
    return [
      {
        code: 'SECRET_AS_TEXT',
        message: "it was signed with the secret's letters; the key is the 16 bytes that they stand for",
      },
    ];
  return [
    isAsSent(body)
      ? {
          code: 'SECRET_WRONG',
          message: `no signature fits the secret. The body has the form in which Fleethook sends it, so most likely this is another webhook's secret, or one from before a roll; else something in the body was changed`,
        }
      : {
          code: 'BODY_CHANGED',
          message:
            'no signature fits, and the body does not have the form in which Fleethook sends it: it was changed on its way',
        },
  ];
}

function wholeFindings({ headers, body }: ReceivedRequest, families: readonly FamilyReport[]): Finding[] {
  const findings: Finding[] = [];
  const length = headers['content-length'];
  if (length !== undefined && Number(length) !== body.length)
    findings.push({
      code: 'BODY_LENGTH',
      message: `the body has ${body.length} bytes, and content-length says ${length}: it is cut off or was changed`,
    });
  const prn = prnIn(body);
  const id = headers['webhook-id'];
  if (prn !== undefined && id !== undefined && prn !== id)
    findings.push({
      code: 'EVENT_DIFFERS',
      message: `webhook-id names ${id}, and the body is ${prn}: headers and body are of different deliveries`,
    });
  const [first, second] = families;
  if (
    first?.ageSeconds !== null &&
    second?.ageSeconds !== null &&
    first !== undefined &&
    second !== undefined &&
    Math.abs(first.ageSeconds - second.ageSeconds) > 1
  )
    findings.push({
      code: 'TIMES_DIFFER',
      message: 'peridio-published-at and webhook-timestamp are of different times: a header was changed',
    });
  return findings;
}

function prnIn(body: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isRecord(value) && typeof value['prn'] === 'string' ? value['prn'] : undefined;
  } catch {
    return undefined;
  }
}
