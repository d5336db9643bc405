import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../free-port.js';
import { InfrastructureError } from '../infrastructure-error.js';
import type { Say } from '../infrastructure.js';
import { HEAP } from '../kafka-jvm.js';
import { isKafkaReady } from '../probe/kafka-metadata.js';
import { waitUntil } from '../probe/wait-until.js';
import type { Launched } from '../supervision/kept-running.js';
import { explainStart } from './explain-start.js';
import { formatKafkaStorage, kafkaPrograms, startKafkaNode, type KafkaPrograms } from './kafka-node.js';
import { kafkaProperties } from './kafka-properties.js';
import { endLeftover, notePid } from './leftover.js';

/** Of silence. After a crash every log is read again, which takes as long as there is data: ending it then would begin it anew. */
const SILENT_AT_MOST_MS = 90_000;
const READY_WITHIN_MS = 10 * 60_000;
/** In the node's folder, where it runs. */
const LOG_DIR = 'data';

export interface EmbeddedKafkaOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly clusterId: string;
  readonly javaHome: string | undefined;
  readonly say: Say;
}

/** One Kafka node on this machine's Java. Resolves when it answers for all its partitions. */
export async function launchEmbeddedKafka(options: EmbeddedKafkaOptions, signal: AbortSignal): Promise<Launched> {
  const programs = await kafkaPrograms(options.javaHome, options.say, signal);
  const folder = path.join(path.resolve(options.dataDir), 'kafka');
  const propertiesFile = path.join(folder, 'server.properties');
  const pidFile = path.join(folder, 'kafka.pid');
  await mkdir(folder, { recursive: true });
  await endEarlierKafka(options.dataDir);

  const controllerPort = await freePort();
  const settings = { port: options.port, controllerPort };
  if (!existsSync(path.join(folder, LOG_DIR)))
    await format(programs, folder, { ...settings, clusterId: options.clusterId });
  await writeFile(propertiesFile, kafkaProperties({ ...settings, logDir: LOG_DIR }));

  const logFile = path.join(options.dataDir, 'logs', 'kafka.log');
  const node = startKafkaNode(programs, { folder, propertiesFile, logFile, heap: HEAP });
  notePid(pidFile, node.pid);
  const ready = await waitUntil(() => isKafkaReady('127.0.0.1', options.port), {
    withinMs: READY_WITHIN_MS,
    giveUp: () => node.pid === undefined || signal.aborted || node.silentMs > SILENT_AT_MOST_MS,
  });
  if (ready && !signal.aborted) return node;
  const explanation = explainStart('Kafka', node.lastLines(), logFile);
  await node.stop();
  throw signal.aborted ? new InfrastructureError('START_ABORTED', 'Stopped while Kafka was starting.') : explanation;
}

/** Of an earlier start that was killed: it holds the data and the port. */
export function endEarlierKafka(dataDir: string): Promise<void> {
  const folder = path.join(path.resolve(dataDir), 'kafka');
  return endLeftover(path.join(folder, 'kafka.pid'), path.join(folder, 'server.properties'));
}

/** Formats beside the place and moves it there: a format that was cut short leaves nothing that looks like data. */
async function format(
  programs: KafkaPrograms,
  folder: string,
  node: { port: number; controllerPort: number; clusterId: string },
): Promise<void> {
  const halfDir = `${LOG_DIR}.formatting`;
  const half = path.join(folder, halfDir);
  const propertiesFile = path.join(folder, 'format.properties');
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { recursive: true });
  await writeFile(propertiesFile, kafkaProperties({ ...node, logDir: halfDir }));
  await formatKafkaStorage(programs, { folder, propertiesFile }, node.clusterId, ['--standalone']);
  await rename(half, path.join(folder, LOG_DIR));
  await rm(propertiesFile);
}
