// Brings the schema up to date and ends: a deployment's job, so that no app has to wait for another one that does it.
import { SETTINGS_BY_APP, summarize } from '@fleethook/config';
import { createLog } from '@fleethook/observability';
import { settingsOrExit } from '@fleethook/service';
import { migrate } from '@fleethook/store';

const settings = settingsOrExit('migrate');
const log = createLog({ app: 'migrate', level: settings.logLevel, format: settings.logFormat });
log.info({ event: 'app.starting', settings: summarize(SETTINGS_BY_APP.migrate, settings) });
try {
  const migrations = await migrate(settings.databaseUrl);
  log.info({ event: 'store.migrated', migrations }, `The schema is up to date; ${migrations.length} migrations ran`);
} catch (error) {
  log.fatal(
    { event: 'app.failed', error },
    `The schema could not be brought up to date: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exitCode = 1;
}
