import { statfs } from 'node:fs/promises';
import type { DoctorSettings } from '@fleethook/config';
import { egressOptionsOf, tryConnection } from '@fleethook/egress';
import { createMetrics } from '@fleethook/observability';
import { askService } from '@fleethook/service';
import { fail, findings, ok, warn, type Finding } from '../finding.js';

const TIMEOUT_MS = 5_000;
const GIB = 1_024 ** 3;
const LITTLE_BYTES = GIB;
const TOO_LITTLE_BYTES = 0.1 * GIB;

/** Do the apps say that they are ready? @param urls by the apps' names, or by themselves */
export async function checkReady(urls: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
  const each = Object.entries(urls).map(([name, url]) =>
    findings('apps.ready', `start it, or correct the address`, async () => {
      const { status, text } = await askService(new URL('/health/ready', url), { timeoutMs: TIMEOUT_MS });
      if (status === 200) return [ok('apps.ready', `${name} is ready`)];
      return [
        fail('apps.ready', `${name} answers ${status} ${text.slice(0, 300)}`, 'what it waits for is named there'),
      ];
    }),
  );
  return (await Promise.all(each)).flat();
}

/** Could a delivery reach this endpoint from here? */
export function checkEndpoint(url: string, settings: DoctorSettings): Promise<readonly Finding[]> {
  return findings('egress', 'check EGRESS_CA_FILE and EGRESS_ALLOW_CIDRS', async () => {
    const trial = await tryConnection(url, egressOptionsOf(settings), createMetrics());
    switch (trial.kind) {
      case 'connected':
        return [
          ok(
            'egress',
            `${new URL(url).host} (${trial.address}) speaks ${trial.protocol}, its certificate is good until ${trial.validTo}`,
          ),
        ];
      case 'refused':
        return [
          fail(
            'egress',
            trial.detail,
            'deliveries go to public https:// addresses, and to what EGRESS_ALLOW_CIDRS allows',
          ),
        ];
      case 'failed':
        return [fail('egress', `${trial.failure} at ${trial.stage}: ${trial.detail}`, REMEDIES[trial.stage])];
    }
  });
}

const REMEDIES = {
  dns: 'look the name up from this machine; a private address has to be in EGRESS_ALLOW_CIDRS',
  connect: 'let this machine out to that address and port (firewall, NAT gateway)',
  tls: 'the endpoint needs TLS 1.2 and a valid certificate; a private authority belongs into EGRESS_CA_FILE',
  headers: 'look at the endpoint',
  body: 'look at the endpoint',
};

/** Of the data folder of `npm start`. */
export function checkDisk(folder: string): Promise<readonly Finding[]> {
  return findings('disk', 'check FLEETHOOK_DATA_DIR', async () => {
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const said = `${(free / GIB).toFixed(1)} GiB are free in ${folder}`;
    const remedy = 'make room, or set FLEETHOOK_DATA_DIR to where there is: Kafka stops when it cannot write';
    if (free < TOO_LITTLE_BYTES) return [fail('disk', said, remedy)];
    return [free < LITTLE_BYTES ? warn('disk', said, remedy) : ok('disk', said)];
  });
}
