import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { EgressResult } from '@fleethook/egress';
import { eventually } from '../../support/eventually.js';
import {
  after,
  endlessBody,
  garbage,
  hang,
  ok,
  Receiver,
  reset,
  status,
  truncatedBody,
  unfinishedBody,
} from '../../support/receiver.js';
import { egressWorld, metricValue } from './egress-world.js';

describe('closing', () => {
  it('waits for what is in flight, refuses what comes after, and leaves no connection', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([after(100, ok('late'))]);
    const inFlight = world.post(receiver.url);
    await eventually(() => expect(receiver.requests).toHaveLength(1), { withinMs: 20_000 });
    const closed = world.client.close();
    await expect(world.post(receiver.url)).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    await closed;
    expect(await inFlight).toMatchObject({ status: 200, excerpt: 'late' });
    await eventually(() => expect(receiver.openConnections).toBe(0), { withinMs: 20_000 });
    expect(await metricValue(world.metrics, 'fleethook_egress_origins')).toBe(0);
  });

  it('ends when nothing was ever sent, and twice', async () => {
    await using world = await egressWorld();
    await expect(world.client.close()).resolves.toBeUndefined();
    await expect(world.client.close()).resolves.toBeUndefined();
  });

  it('is not held up by a receiver that hangs for longer than the attempt may', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([hang()]);
    const result = world.post(receiver.url, { timeoutMs: 100 });
    await world.client.close();
    expect(await result).toMatchObject({ failure: 'timeout' });
  });
});

describe('whatever receivers do, in any mixture', () => {
  it('every attempt ends exactly once, and nothing is left behind', async () => {
    await using world = await egressWorld({ maxConnectionsPerOrigin: 8 });
    const answers = [
      ok(),
      ok('body'),
      after(3, ok()),
      status(500),
      reset(),
      hang(),
      garbage(),
      endlessBody(),
      unfinishedBody('x'),
      truncatedBody('y'),
      status(200, { connection: 'close' }),
    ];
    // The mixture is fixed, so that a failure comes again.
    const script = Array.from(
      { length: 400 },
      (_, index) => answers[(index * index + 7 * index) % answers.length] ?? ok(),
    );
    await using receiver = await Receiver.listen([...script, ok()]);
    const results: EgressResult[] = [];
    const worker = async (): Promise<void> => {
      while (results.length < script.length) results.push(await world.post(receiver.url, { timeoutMs: 400 }));
    };
    await Promise.all(Array.from({ length: 12 }, worker));
    expect(results.filter((result) => result.kind === 'response').length).toBeGreaterThan(100);
    const open = await eventually(
      async () => {
        const count = await metricValue(world.metrics, 'fleethook_egress_open_connections');
        expect(receiver.openConnections).toBe(count);
        return count;
      },
      { withinMs: 20_000, explain: () => `${receiver.openConnections} open at the receiver` },
    );
    expect(open).toBeLessThanOrEqual(8);
    expect(await world.post(receiver.url)).toMatchObject({ kind: 'response' });
    await world.client.close();
    await eventually(() => expect(receiver.openConnections).toBe(0), { withinMs: 20_000 });
  });
});

describe('extra certificate authorities', () => {
  it.each([
    ['is missing', undefined],
    ['holds no certificate', 'nothing\n'],
    ['holds one that is broken', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('a file that %s stops the start', async (_, content) => {
    const directory = await mkdtemp(path.join(tmpdir(), 'fleethook-ca-'));
    const caFile = path.join(directory, 'ca.pem');
    if (content !== undefined) writeFileSync(caFile, content);
    await expect(egressWorld({ caFile })).rejects.toMatchObject({ code: 'CA_FILE_UNREADABLE' });
    await rm(directory, { recursive: true });
  });

  it('are needed for an endpoint that no public one vouches for', async () => {
    await using world = await egressWorld({ caFile: undefined });
    await using receiver = await Receiver.listen();
    expect(await world.post(receiver.url)).toMatchObject({ failure: 'tls', stage: 'tls' });
  });
});
