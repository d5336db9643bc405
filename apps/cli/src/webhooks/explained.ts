import { CliError } from '../running/cli-error.js';
import { isRecord, type JsonRecord } from '../values/json-value.js';

/** Of an endpoint on this machine, or with a certificate of its own, the operator has to be told. */
export async function explained(reply: Promise<JsonRecord>): Promise<JsonRecord> {
  try {
    return await reply;
  } catch (error) {
    const setting = error instanceof CliError ? settingFor(error.details['errors']) : undefined;
    if (!(error instanceof CliError) || setting === undefined) throw error;
    const remedy = `Fleethook takes this endpoint when it is started with ${setting}.`;
    throw new CliError(error.ending, error.message, {
      hint: error.hint === undefined ? remedy : `${error.hint}\n${remedy}`,
      details: error.details,
      cause: error,
    });
  }
}

function settingFor(errors: unknown): string | undefined {
  const words = isRecord(errors) ? JSON.stringify(errors) : '';
  if (words.includes('TLS certificate')) return 'EGRESS_CA_FILE=/path/to/ca.pem, the authority of its certificate';
  if (/special address|may be called/.test(words)) return 'EGRESS_ALLOW_CIDRS=127.0.0.0/8, or the range that it is in';
  return undefined;
}
