import type { Output } from '../output/output.js';
import { jsonText, printable } from '../output/style.js';
import type { Diagnosis, FamilyReport } from '../verify/diagnose.js';
import { documentOf } from '../verify/verify.command.js';
import type { Received } from './listener.js';

/** A request and what was made of it. */
export interface Taken {
  readonly request: Received;
  readonly status: number;
  /** Undefined without a secret to check with. */
  readonly diagnosis: Diagnosis | undefined;
  readonly receivedAt: Date;
}

const NAME_WIDTH = 28;

export function printDelivery(output: Output, taken: Taken, withPayload: boolean): void {
  const { request, status, diagnosis, receivedAt } = taken;
  const { headers, body, method, path } = request;
  const document = {
    kind: 'delivery',
    received_at: receivedAt.toISOString(),
    method,
    path,
    event: headers['fleethook-event'] ?? null,
    attempt: Number(headers['fleethook-attempt'] ?? Number.NaN) || null,
    status,
    verification: diagnosis === undefined ? null : documentOf(diagnosis),
    headers,
    body: body.toString('utf8'),
  };
  output.record(document, () => {
    const name = printable(headers['fleethook-event'] ?? `${method} ${path}`);
    const answer = output.paint(status < 300 ? 'good' : 'bad', String(status));
    const words = [
      output.paint('faint', receivedAt.toISOString().slice(11, 19)),
      output.paint('name', name.padEnd(NAME_WIDTH)),
      `attempt ${printable(headers['fleethook-attempt'] ?? '?')}`,
      signatureWords(output, diagnosis),
      `-> ${answer}`,
    ];
    output.line(words.join('  '));
    showFindings(output, diagnosis);
    if (withPayload) output.line(payloadOf(body));
  });
}

function signatureWords(output: Output, diagnosis: Diagnosis | undefined): string {
  if (diagnosis === undefined) return output.paint('faint', 'not checked');
  return diagnosis.families
    .map(({ family, verdict }) => {
      const isValid = verdict === 'valid';
      const name = family === 'peridio' ? 'peridio' : 'standard';
      return output.paint(isValid ? 'good' : 'bad', `${name} ${isValid ? '✓' : '✗'}`);
    })
    .join('  ');
}

const isInvalid = ({ verdict }: FamilyReport): boolean => verdict === 'invalid';

function showFindings(output: Output, diagnosis: Diagnosis | undefined): void {
  if (diagnosis === undefined) return;
  for (const { family, findings } of diagnosis.families.filter(isInvalid))
    for (const { message } of findings) output.line(`  - ${family}: ${message}`);
  for (const { message } of diagnosis.findings) output.line(`  ! ${message}`);
}

function payloadOf(body: Buffer): string {
  const text = body.toString('utf8');
  try {
    return jsonText(JSON.parse(text), 2);
  } catch {
    return printable(text);
  }
}
