import type { Command } from 'commander';
import type { Output } from '../output/output.js';
import { examples } from '../reference/examples.js';
import { UsageError } from '../running/cli-error.js';
import type { Ending } from '../running/exit-codes.js';
import type { Host } from '../running/host.js';
import { action, type Invocation } from '../running/invocation.js';
import { durationOption } from '../values/duration.js';
import { readBytes, readText } from '../values/json-value.js';
import { parseMomentOption } from '../values/moment.js';
import type { Diagnosis, FamilyReport } from './diagnose.js';
import type { ReceivedRequest } from './received-request.js';
import { collectSecrets, secretsOf, type KnownSecret } from './secrets.js';

interface VerifyOptions {
  readonly headers?: string;
  readonly body?: string;
  readonly secret?: KnownSecret[];
  readonly at?: Date;
  readonly tolerance: number;
}

const DEFAULT_TOLERANCE_MS = 300_000;

export function addVerify(program: Command, host: Host): void {
  examples(
    program
      .command('verify')
      .summary('Check the signatures of a delivery, and say what is wrong')
      .description(
        'Check the signatures of a delivery that a receiver got, and say exactly what is wrong. It asks nobody: the secret stays here.',
      )
      .argument('[request]', 'the request in one file: HTTP, a curl command, or a line of `listen --json`; - is stdin')
      .option('--headers <file>', "its headers, as 'Name: value' lines")
      .option('--body <file>', 'its body, byte for byte')
      .option('--secret <secret>', "the webhook's: 32 hex digits or whsec_...; again for more", collectSecrets)
      .option('--at <time>', 'as of then, instead of now', parseMomentOption)
      .addOption(durationOption(program, '--tolerance <duration>', 'how far clocks may be apart', DEFAULT_TOLERANCE_MS))
      .action(action<[string | undefined, VerifyOptions]>(host, verify)),
    'fleethook verify request.txt --secret B284A51B143841695B2D7BF3B8554731',
    'fleethook verify --headers headers.txt --body body.json',
  );
}

async function verify(invocation: Invocation, file: string | undefined, options: VerifyOptions): Promise<Ending> {
  const { output, host } = invocation;
  const secrets = secretsOf(options.secret, host.environment.webhookSecret);
  if (secrets.length === 0) throw new UsageError('There is no secret: set FLEETHOOK_WEBHOOK_SECRET or give --secret.');
  const [request, { diagnose }] = await Promise.all([requestOf(file, options), import('./diagnose.js')]);
  const diagnosis = diagnose(request, secrets, {
    nowMs: options.at?.getTime() ?? Date.now(),
    toleranceSeconds: options.tolerance / 1_000,
  });
  output.result(documentOf(diagnosis), () => showDiagnosis(output, diagnosis));
  return diagnosis.isValid ? 'ok' : 'failed';
}

async function requestOf(file: string | undefined, options: VerifyOptions): Promise<ReceivedRequest> {
  const { readHeaders, readRequest } = await import('./read-request.js');
  if (file !== undefined) {
    if (options.headers !== undefined || options.body !== undefined)
      throw new UsageError('Give the request in one file, or --headers and --body.');
    return readRequest(readBytes(file));
  }
  if (options.headers === undefined || options.body === undefined)
    throw new UsageError('Give the request: in one file, or with --headers and --body.');
  return { headers: readHeaders(readText(options.headers)), body: readBytes(options.body) };
}

export function documentOf({ isValid, families, findings }: Diagnosis): unknown {
  return {
    valid: isValid,
    ...Object.fromEntries(
      families.map(({ family, verdict, ageSeconds, findings: found }) => [
        family,
        { verdict, age_seconds: ageSeconds, findings: found },
      ]),
    ),
    findings,
  };
}

const TITLES: Readonly<Record<FamilyReport['family'], string>> = {
  peridio: 'Peridio',
  standard_webhooks: 'Standard Webhooks',
};

function showDiagnosis(output: Output, { isValid, families, findings }: Diagnosis): void {
  for (const { family, verdict, ageSeconds, findings: found } of families) {
    const words = { valid: 'valid', invalid: 'not valid', absent: 'not there' }[verdict];
    const meaning = verdict === 'valid' ? 'good' : verdict === 'invalid' ? 'bad' : 'faint';
    const age =
      ageSeconds === null ? '' : ageSeconds >= 0 ? `signed ${ageSeconds} s ago` : `signed in ${-ageSeconds} s`;
    output.line(`${TITLES[family].padEnd(18)} ${output.paint(meaning, words.padEnd(10))} ${age}`.trimEnd());
    if (verdict === 'invalid') for (const { message } of found) output.line(`  - ${message}`);
  }
  for (const { message } of findings) output.line(`! ${message}`);
  if (!isValid && families.every(({ verdict }) => verdict === 'absent'))
    output.line('There is no header of either signature: did a proxy remove them, or is it another sender?');
}
