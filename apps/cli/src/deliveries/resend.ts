import { CliError } from '../running/cli-error.js';
import type { Ending } from '../running/exit-codes.js';
import type { Invocation } from '../running/invocation.js';

/** One after the other; one that cannot be sent again does not keep the others from it. */
export async function resend({ api, output }: Invocation, ids: readonly string[]): Promise<Ending> {
  let ending: Ending = 'ok';
  for (const id of ids) {
    try {
      const { delivery } = await api.call('POST /deliveries/{id}/resend', { path: { id } });
      output.record(delivery, () =>
        output.line(`${id} ${output.paint('good', 'sent again')} as series ${delivery.series}`),
      );
    } catch (error) {
      if (!(error instanceof CliError) || (error.ending !== 'failed' && error.ending !== 'not_found')) throw error;
      ending = error.ending;
      const { message, details } = error;
      output.record({ id, error: { message, ...details } }, () =>
        output.line(`${id} ${output.paint('bad', 'not sent again')}: ${message}`),
      );
    }
  }
  return ending;
}
