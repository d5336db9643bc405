// `npm run device:erase -- <device PRN>`: see docs/operations/erase.md. Beside running apps, any number of times.
import 'reflect-metadata';
import { isPrn, organizationOf } from '@fleethook/events';
import { createLog, createMetrics } from '@fleethook/observability';
import { settingsOrExit } from '@fleethook/service';
import { Erasure, OrganizationQueries } from '@fleethook/store';
import { erasureReport } from './maintenance/erasure-report.js';
import { withStore } from './maintenance/with-store.js';

const [device] = process.argv.slice(2);
if (device === undefined || !isPrn(device, 'device')) {
  process.stderr.write('Which device? npm run device:erase -- prn:1:<organization>:device:<device>\n');
  // As everywhere: 2 is a command that cannot be understood. Nothing is open yet.
  process.exit(2);
}
const settings = settingsOrExit('api');
const log = createLog({ app: 'erase', level: 'warn', format: settings.logFormat });
const { code, text } = await withStore(
  settings,
  { log, metrics: createMetrics() },
  { name: 'erase', providers: [Erasure, OrganizationQueries] },
  async (app) => {
    const organization = await app.get(OrganizationQueries).find(organizationOf(device));
    return erasureReport(device, await app.get(Erasure).device(device), organization !== undefined);
  },
);
(code === 0 ? process.stdout : process.stderr).write(`${text}\n`);
process.exitCode = code;
