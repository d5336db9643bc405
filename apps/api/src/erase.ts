// `npm run device:erase -- <device PRN>`: see docs/operations/erase.md. Beside running apps, any number of times.
import 'reflect-metadata';
import { isPrn } from '@fleethook/events';
import { createLog, createMetrics } from '@fleethook/observability';
import { settingsOrExit } from '@fleethook/service';
import { Erasure } from '@fleethook/store';
import { withStore } from './maintenance/with-store.js';

const [device] = process.argv.slice(2);
if (device === undefined || !isPrn(device, 'device')) {
  process.stderr.write('Which device? npm run device:erase -- prn:1:<organization>:device:<device>\n');
  // As everywhere: 2 is a command that cannot be understood. Nothing is open yet.
  process.exit(2);
}
const settings = settingsOrExit('api');
const log = createLog({ app: 'erase', level: 'warn', format: settings.logFormat });
const { events, deliveries, attempts } = await withStore(
  settings,
  { log, metrics: createMetrics() },
  { name: 'erase', providers: [Erasure] },
  (app) => app.get(Erasure).device(device),
);
process.stdout.write(
  `Erased from PostgreSQL: ${events} events, ${deliveries} deliveries, ${attempts} attempts of ${device}.\n`,
);
