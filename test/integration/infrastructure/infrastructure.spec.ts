import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { getContainerRuntimeClient } from 'testcontainers';
import { availableSources, findInfrastructure } from '@fleethook/infrastructure';
import { services } from '../../support/services.js';
import { infrastructureContract, type SourceUnderTest } from './infrastructure-contract.js';

async function removeVolumes(deployment: string): Promise<void> {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  for (const service of ['kafka', 'postgres']) await dockerode.getVolume(`fleethook-${deployment}-${service}`).remove();
}

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
