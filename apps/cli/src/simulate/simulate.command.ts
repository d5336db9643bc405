import type { Command } from 'commander';
import { examples } from '../reference/examples.js';
import type { Host } from '../running/host.js';
import { action } from '../running/invocation.js';
import { durationOption } from '../values/duration.js';
import { parseMomentOption } from '../values/moment.js';
import { parseRate, parseRatio, wholeNumber } from '../values/number.js';
import type { SimulateOptions } from './simulate.js';

const MAX_DEVICES = 1_000_000;
const MAX_BATCH = 10_000;

export function addSimulate(program: Command, host: Host): void {
  examples(
    program
      .command('simulate')
      .summary('Be a fleet of devices that sends events')
      .description(
        'Be a fleet: devices connect, check for releases, claim and install them, fail to authenticate and disconnect. The same seed and options make the same events, but for their PRNs; with --start also for their times. It sends no faster than the intake takes.',
      )
      .option('--devices <n>', 'how many', wholeNumber(1, MAX_DEVICES), 100)
      .option('--rate <n>', 'events a second, on average', parseRate, 10)
      .addOption(durationOption(program, '--duration <duration>', 'until it ends', 60_000))
      .option('--events <n>', 'until it ends, instead of --duration', wholeNumber(1))
      .option('--burst <n>', 'devices that lose or find the network at once', wholeNumber(1, MAX_DEVICES))
      .addOption(durationOption(program, '--burst-every <duration>', 'between two bursts', 30_000))
      .option('--auth-failures <ratio>', 'of connections, 0 to 1', parseRatio, 0.02)
      .option('--seed <text>', 'anything; without it another one each time')
      .option('--prefix <text>', 'of identifiers of devices', 'sim')
      .option('--start <time>', 'events bear times from then on, instead of now', parseMomentOption)
      .option('--unpaced', 'as fast as the intake takes them')
      .option('--batch <n>', 'events in one request at most', wholeNumber(1, MAX_BATCH), 500)
      .option('--gzip', 'compress what is sent')
      .option('--dry-run', 'print the events as NDJSON, and send nothing')
      .action(
        action<[SimulateOptions]>(host, async (invocation, options) =>
          (await import('./simulate.js')).simulate(invocation, options),
        ),
      ),
    'fleethook simulate --devices 500 --rate 50 --duration 5m',
    'fleethook simulate --devices 2000 --burst 1500 --burst-every 1m',
    'fleethook simulate --seed 42 --events 10 --start 2026-01-01 --dry-run',
  );
}
