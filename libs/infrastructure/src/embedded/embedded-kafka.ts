import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../free-port.js';
import { InfrastructureError, messageOf } from '../infrastructure-error.js';
import type { Say } from '../infrastructure.js';
import { isKafkaReady } from '../probe/kafka-metadata.js';
import { waitUntil } from '../probe/wait-until.js';
import { ChildService } from '../supervision/child-service.js';
import type { Launched } from '../supervision/kept-running.js';
import { explainStart } from './explain-start.js';
import { findJava } from './java.js';
import { kafkaJars, loggingFile } from './kafka-jars.js';
import { kafkaProperties } from './kafka-properties.js';
import { endLeftover, notePid } from './leftover.js';

const run = promisify(execFile);

const READY_WITHIN_MS = 90_000;
/** A controlled shutdown of one node takes a second or two; the rest is for a slow disk. */
const STOP_WITHIN_MS = 10_000;
const HEAP = ['-Xmx512m', '-Xms128m', '-XX:+ExitOnOutOfMemoryError', '-Djava.awt.headless=true'];
const SHORT_LIVED = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx128m'];

export interface EmbeddedKafkaOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly clusterId: string;
  readonly javaHome: string | undefined;
  readonly say: Say;
}

/** One Kafka node on this machine's Java. Resolves when it answers for all its partitions. */
export async function launchEmbeddedKafka(options: EmbeddedKafkaOptions, signal: AbortSignal): Promise<Launched> {
  const java = await findJava(options.javaHome);
  const classPath = path.join(await kafkaJars(options.say, signal), '*');
  const folder = path.join(path.resolve(options.dataDir), 'kafka');
  const logDir = path.join(folder, 'data');
  const propertiesFile = path.join(folder, 'server.properties');
  const pidFile = path.join(folder, 'kafka.pid');
  await mkdir(folder, { recursive: true });
  await endLeftover(pidFile, propertiesFile);

  const controllerPort = await freePort();
  const settings = { port: options.port, controllerPort };
  const main = ['-cp', classPath, `-Dlog4j2.configurationFile=${loggingFile()}`];
  if (!existsSync(logDir)) await format(java, main, folder, logDir, { ...settings, clusterId: options.clusterId });
  await writeFile(propertiesFile, kafkaProperties({ ...settings, logDir }));

  const node = new ChildService({
    command: java,
    args: [...HEAP, ...main, 'kafka.Kafka', propertiesFile],
    cwd: folder,
    logFile: path.join(options.dataDir, 'logs', 'kafka.log'),
    stopSignal: 'SIGTERM',
    stopWithinMs: STOP_WITHIN_MS,
  });
  notePid(pidFile, node.pid);
  const ready = await waitUntil(() => isKafkaReady('127.0.0.1', options.port), {
    withinMs: READY_WITHIN_MS,
    giveUp: () => node.pid === undefined || signal.aborted,
  });
  if (ready && !signal.aborted) return node;
  const explanation = explainStart('Kafka', node.lastLines(), path.join(options.dataDir, 'logs', 'kafka.log'));
  await node.stop();
  throw signal.aborted ? new InfrastructureError('START_ABORTED', 'Stopped while Kafka was starting.') : explanation;
}

/** Formats beside the place and moves it there: a format that was cut short leaves nothing that looks like data. */
async function format(
  java: string,
  main: readonly string[],
  folder: string,
  logDir: string,
  node: { port: number; controllerPort: number; clusterId: string },
): Promise<void> {
  const half = `${logDir}.formatting`;
  const propertiesFile = path.join(folder, 'format.properties');
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { recursive: true });
  await writeFile(propertiesFile, kafkaProperties({ ...node, logDir: half }));
  const tool = ['kafka.tools.StorageTool', 'format', '--standalone', '-t', node.clusterId, '-c', propertiesFile];
  await run(java, [...SHORT_LIVED, ...main, ...tool], { cwd: folder }).catch((error: unknown) => {
    throw new InfrastructureError('START_FAILED', `Kafka's storage could not be formatted: ${messageOf(error)}`, {
      cause: error,
    });
  });
  await rename(half, logDir);
  await rm(propertiesFile);
}
