import type { Schemas } from '@fleethook/contract';
import { printable } from '../output/style.js';
import { cut } from '../output/table.js';
import { CliError } from '../running/cli-error.js';
import { isRecord } from '../values/json-value.js';

const MAX_ANSWER_CHARACTERS = 400;

/**
 * With what an endpoint that was not taken has answered. Of one on this machine, or with a certificate of its own, the operator has to be
 * told.
 */
export async function explained<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { errors, test_fire: testFire } = error.details as Partial<Schemas['WebhookRefusal']>;
    const hints = [error.hint, answerOf(testFire), remedyFor(errors)].filter((hint) => hint !== undefined);
    if (hints.length === 0) throw error;
    throw new CliError(error.ending, error.message, { hint: hints.join('\n'), details: error.details, cause: error });
  }
}

function answerOf(testFire: Schemas['FailedTestFire'] | undefined): string | undefined {
  const text = testFire?.response_excerpt ?? '';
  return text === '' ? undefined : `  It answered: ${cut(printable(text), MAX_ANSWER_CHARACTERS)}`;
}

function remedyFor(errors: unknown): string | undefined {
  const setting = settingFor(isRecord(errors) ? JSON.stringify(errors) : '');
  return setting === undefined ? undefined : `Fleethook takes this endpoint when it is started with ${setting}.`;
}

function settingFor(words: string): string | undefined {
  if (words.includes('TLS certificate')) return 'EGRESS_CA_FILE=/path/to/ca.pem, the authority of its certificate';
  if (/special address|may be called/.test(words)) return 'EGRESS_ALLOW_CIDRS=127.0.0.0/8, or the range that it is in';
  return undefined;
}
