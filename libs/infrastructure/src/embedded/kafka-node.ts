import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { InfrastructureError, messageOf } from '../infrastructure-error.js';
import type { Say } from '../infrastructure.js';
import { QUICK_COMPILER } from '../kafka-jvm.js';
import { ChildService } from '../supervision/child-service.js';
import { findJava } from './java.js';
import { kafkaJars, loggingFile } from './kafka-jars.js';

const run = promisify(execFile);

/** A controlled shutdown of one node takes a second or two; the rest is for a slow disk. */
const STOP_WITHIN_MS = 10_000;
const COMMON = ['-XX:+ExitOnOutOfMemoryError', '-Djava.awt.headless=true'];
const SHORT_LIVED = [QUICK_COMPILER, '-XX:+UseSerialGC', '-Xmx128m'];

/** Kafka's programs on this machine's Java. */
export interface KafkaPrograms {
  readonly java: string;
  /** Arguments before the name of a program. */
  readonly classPath: readonly string[];
}

/** @throws InfrastructureError JAVA_MISSING, JAVA_TOO_OLD, MAVEN_MISSING, MAVEN_FAILED */
export async function kafkaPrograms(
  javaHome: string | undefined,
  say: Say,
  signal: AbortSignal,
): Promise<KafkaPrograms> {
  const java = await findJava(javaHome);
  const jars = path.join(await kafkaJars(say, signal), '*');
  return { java, classPath: ['-cp', jars, `-Dlog4j2.configurationFile=${loggingFile()}`] };
}

export interface KafkaNodeOptions {
  readonly folder: string;
  readonly propertiesFile: string;
  readonly logFile: string;
  /** Options of Java that bound its heap. */
  readonly heap: readonly string[];
}

/** One node, begun and not ready yet. */
export function startKafkaNode({ java, classPath }: KafkaPrograms, options: KafkaNodeOptions): ChildService {
  return new ChildService({
    command: java,
    args: [...options.heap, QUICK_COMPILER, ...COMMON, ...classPath, 'kafka.Kafka', options.propertiesFile],
    cwd: options.folder,
    logFile: options.logFile,
    stopSignal: 'SIGTERM',
    stopWithinMs: STOP_WITHIN_MS,
  });
}

/**
 * Prepares the folders that a node's properties name; they must be empty.
 * @param args what the cluster begins with: `--standalone`, the first user, ...
 * @throws InfrastructureError START_FAILED
 */
export async function formatKafkaStorage(
  { java, classPath }: KafkaPrograms,
  options: Pick<KafkaNodeOptions, 'folder' | 'propertiesFile'>,
  clusterId: string,
  args: readonly string[],
): Promise<void> {
  const tool = ['kafka.tools.StorageTool', 'format', ...args, '-t', clusterId, '-c', options.propertiesFile];
  await run(java, [...SHORT_LIVED, ...classPath, ...tool], { cwd: options.folder }).catch((error: unknown) => {
    throw new InfrastructureError('START_FAILED', `Kafka's storage could not be formatted: ${messageOf(error)}`, {
      cause: error,
    });
  });
}
