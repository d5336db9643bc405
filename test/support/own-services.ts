import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInfrastructure } from '@fleethook/infrastructure';
import { removeVolumes } from './docker-volumes.js';

export interface OwnServices extends AsyncDisposable {
  /** Of the services that were brought up here; none where they were given. */
  pids(): Readonly<Record<string, number>>;
}

/**
 * Kafka and PostgreSQL that run already, as for the tests, or ones for this run, on data that is thrown away at its end.
 * @param options.areKilled their data outlive them until then: in Docker those would go with the container
 */
export async function bringUpServices(
  say: (sentence: string) => void,
  { areKilled = false }: { readonly areKilled?: boolean } = {},
): Promise<OwnServices> {
  const given = { kafka: process.env['FLEETHOOK_TEST_KAFKA'], database: process.env['FLEETHOOK_TEST_DATABASE'] };
  if (given.kafka !== undefined && given.database !== undefined)
    return { pids: () => ({}), [Symbol.asyncDispose]: () => Promise.resolve() };
  const asked = process.env['FLEETHOOK_INFRA'];
  const dataDir = mkdtempSync(join(tmpdir(), 'fleethook-services-'));
  const infrastructure = await findInfrastructure({
    source: asked === 'docker' || asked === 'embedded' ? asked : 'auto',
    dataDir,
    throwAway: !areKilled,
    kafkaBrokers: given.kafka?.split(','),
    databaseUrl: given.database,
    say,
  });
  process.env['FLEETHOOK_TEST_KAFKA'] = infrastructure.kafkaBrokers.join(',');
  process.env['FLEETHOOK_TEST_DATABASE'] = infrastructure.databaseUrl;
  return {
    pids: () => infrastructure.pids(),
    async [Symbol.asyncDispose](): Promise<void> {
      await infrastructure.stop();
      if (areKilled && Object.values(infrastructure.sources).includes('docker'))
        await removeVolumes(deploymentIn(dataDir));
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function deploymentIn(dataDir: string): string {
  const state = readFileSync(join(dataDir, 'infrastructure.json'), 'utf8');
  return (JSON.parse(state) as { deployment: string }).deployment;
}
