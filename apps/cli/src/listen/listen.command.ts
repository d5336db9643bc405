import type { Command } from 'commander';
import { examples } from '../reference/examples.js';
import type { Host } from '../running/host.js';
import { action } from '../running/invocation.js';
import { durationOption, parseDurationMs } from '../values/duration.js';
import { parseJsonObject } from '../values/json-value.js';
import { collectNames } from '../values/lists.js';
import { wholeNumber } from '../values/number.js';
import { collectSecrets } from '../verify/secrets.js';
import type { ListenOptions } from './listen.js';

const DEFAULT_PORT = 4010;
const MAX_PORT = 65_535;

export function addListen(program: Command, host: Host): void {
  examples(
    program
      .command('listen')
      .summary('Be a receiver: check what comes, print it, answer as told')
      .description(
        'Be a receiver: an HTTPS endpoint on this machine that checks the signatures of what comes, prints it, and answers as told. Where the demo of `npm start` runs, Fleethook trusts it already; elsewhere it says which two settings Fleethook needs.',
      )
      .option('--create', 'make a webhook to it, and delete that at the end')
      .option('--event <names>', 'with --create: what it gets; without it every type there is', collectNames)
      .option('--filter <json>', 'with --create: which of these events, or @file', parseJsonObject)
      .option('--secret <secret>', 'of a webhook that is there already; again for more', collectSecrets)
      .option('--status <code>', 'answer with this instead of 200', wholeNumber(200, 599))
      .option('--fail-first <n>', 'fail n times for each event but test fires, with --status or 503', wholeNumber(1))
      .addOption(durationOption(program, '--delay <duration>', 'before each answer', 0))
      .option('--retry-after <duration>', 'said in answers that fail', parseDurationMs)
      .option('--count <n>', 'end after so many requests', wholeNumber(1))
      .option('--payload', 'with what each event says, not only its name')
      .option('--host <address>', 'to listen on', '127.0.0.1')
      .option('--port <n>', 'to listen on; 0 is any free one', wholeNumber(0, MAX_PORT), DEFAULT_PORT)
      .option('--endpoint <url>', 'with --create: as Fleethook reaches it, such as https://host.docker.internal:4010/')
      .option('--cert <file>', 'a certificate of yours, PEM; with --key')
      .option('--key <file>', 'its private key, PEM')
      .action(
        action<[ListenOptions]>(host, async (invocation, options) =>
          (await import('./listen.js')).listen(invocation, options),
        ),
      ),
    'fleethook listen --create',
    'fleethook listen --create --event device.connected --fail-first 2',
    'fleethook listen --secret B284A51B143841695B2D7BF3B8554731 --status 500',
  );
}
