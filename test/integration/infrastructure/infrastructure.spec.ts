import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { availableSources, findInfrastructure } from '@fleethook/infrastructure';
import { removeVolumes } from '../../support/docker-volumes.js';
import { services } from '../../support/services.js';
import { infrastructureContract, type SourceUnderTest } from './infrastructure-contract.js';

const OURS: Readonly<Record<'docker' | 'embedded', SourceUnderTest>> = {
  docker: { source: 'docker', isOurs: true, cleanUp: removeVolumes },
  embedded: { source: 'embedded', isOurs: true },
};
const sources: readonly SourceUnderTest[] = [
  { source: 'external', given: services(), isOurs: false },
  ...(await availableSources()).map((source) => OURS[source]),
];

describe.each(sources)('infrastructure: $source', (source) => {
  infrastructureContract(source);
});

describe('infrastructure', () => {
  it('can be brought up by something on this machine', () => {
    expect(sources.length).toBeGreaterThan(1);
  });

  if (sources.some(({ source }) => source === 'embedded'))
    it('keeps the embedded Kafka in its data folder, whatever that is called', async () => {
      const parent = mkdtempSync(path.join(tmpdir(), 'fleethook-named-'));
      const dataDir = path.join(parent, 'büro 字, a,b');
      mkdirSync(dataDir);
      try {
        const { databaseUrl } = services();
        const find = () => findInfrastructure({ source: 'embedded', dataDir, databaseUrl, say: () => undefined });
        // The second finds what the first made.
        for (let start = 1; start <= 2; start += 1) {
          const infrastructure = await find();
          await infrastructure.stop();
        }
        expect(readdirSync(parent)).toEqual([path.basename(dataDir)]);
        const kept = readdirSync(path.join(dataDir, 'kafka')).toSorted();
        expect(kept).toEqual(['data', 'kafka.pid', 'server.properties']);
        expect(readdirSync(path.join(dataDir, 'kafka', 'data'))).toContain('meta.properties');
      } finally {
        rmSync(parent, { recursive: true, force: true });
      }
    });

  it('says which address is missing', async () => {
    await expect(
      findInfrastructure({
        source: 'external',
        dataDir: mkdtempSync(path.join(tmpdir(), 'fleethook-external-')),
        ...services(),
        databaseUrl: undefined,
        say: () => undefined,
      }),
    ).rejects.toMatchObject({ code: 'ADDRESS_MISSING', message: expect.stringContaining('DATABASE_URL is not set') });
  });
});
