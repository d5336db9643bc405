import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInfrastructure } from '@fleethook/infrastructure';

export interface BenchServices extends AsyncDisposable {
  readonly kafkaBrokers: readonly string[];
  readonly databaseUrl: string;
  /** Kafka and PostgreSQL, whose CPU time is part of some figures. */
  readonly pids: Readonly<Record<string, number>>;
}

/** Services of the bench's own, embedded, so that their CPU time can be read. */
export async function benchServices(): Promise<BenchServices> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fleethook-bench-services-'));
  const infrastructure = await findInfrastructure({
    source: 'embedded',
    dataDir,
    say: (sentence) => void process.stdout.write(`  ${sentence}\n`),
  });
  return {
    kafkaBrokers: infrastructure.kafkaBrokers,
    databaseUrl: infrastructure.databaseUrl,
    pids: infrastructure.pids(),
    async [Symbol.asyncDispose](): Promise<void> {
      await infrastructure.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
