import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BackgroundTask } from '../support/background-task.js';
import { eventually } from '../support/eventually.js';
import { KafkaCluster } from '../support/kafka-cluster.js';
import { World } from '../support/world.js';
import { CountingReceiver } from './counting-receiver.js';
import { EventRange } from './event-range.js';
import { postRange } from './range-poster.js';

const EVENTS = 4_000;
const DISK_MIB = 96;
const MIB = 1_048_576;

/** A disk of its own, which can be filled without harm; only root can make one. */
class SmallDisk implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'fleethook-disk-'));

  constructor() {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', this.folder]);
  }

  /** Leaves not a byte. */
  fill(): void {
    for (let part = 0, bytes = MIB; bytes >= 1;) {
      try {
        writeFileSync(join(this.folder, `ballast-${part}`), Buffer.alloc(bytes));
        part += 1;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        bytes = Math.floor(bytes / 4);
      }
    }
  }

  empty(): void {
    execFileSync('sh', ['-c', `rm -f ${this.folder}/ballast-*`]);
  }

  [Symbol.dispose](): void {
    execFileSync('umount', [this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function mayMount(): boolean {
  try {
    using disk = new SmallDisk();
    return disk.folder !== '';
  } catch {
    process.stderr.write('A full disk is not tested: a small one can be mounted by root alone.\n');
    return false;
  }
}

const describeOnSmallDisk = mayMount() ? describe : describe.skip;

describeOnSmallDisk('Kafka with a full disk', () => {
  it('takes nothing more, and loses nothing of what it took (promise 1) (promise 2)', async () => {
    using disk = new SmallDisk();
    await using cluster = await KafkaCluster.start({
      nodes: 1,
      properties: { 'log.dirs': join(disk.folder, 'data'), 'log.index.size.max.bytes': 65_536 },
    });
    await using world = await World.create({
      apps: ['ingest', 'router', 'delivery', 'recorder'],
      kafkaBrokers: cluster.brokers,
      environment: { RETRY_HORIZON: '72h' },
    });
    await using receiver = await CountingReceiver.listen(EVENTS);
    await world.createWebhook(receiver, '/full');
    const range = new EventRange(await world.organization(), EVENTS);
    let mayGoOn = 1_000;
    await using posting = new BackgroundTask((signal) =>
      postRange(world, range, () => {
        signal.throwIfAborted();
        return range.acceptedCount < mayGoOn;
      }),
    );
    const explain = (): string => `${cluster.explain()}\n${world.explain()}`;
    await eventually(() => expect(receiver.distinct).toBeGreaterThan(500), { withinMs: 60_000, explain });

    disk.fill();
    mayGoOn = EVENTS;
    await eventually(
      async () => {
        const reply = await fetch(`${world.app('ingest').url}/health/ready`);
        expect(reply.status).toBe(503);
      },
      { withinMs: 90_000, explain },
    );
    expect(range.acceptedCount).toBeLessThan(EVENTS);
    disk.empty();
    await cluster.kill(1);
    await cluster.restart(1);

    await posting.ended;
    await eventually(() => expect(receiver.distinct).toBe(EVENTS), { withinMs: 180_000, explain });
    process.stdout.write(`a full disk: ${EVENTS} accepted, 0 lost, ${receiver.duplicates} duplicates\n`);
  });
});
