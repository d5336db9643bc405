import { execFile } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
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
/** By the locale Java reads the names of folders: in C, which many containers have, it cannot read `büro`. */
// oxlint-disable-next-line node/no-process-env -- Java gets what we were given, and its locale
const javaEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: 'C.UTF-8' });
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
  // Of several files, which commas would part.
  const logging = pathToFileURL(loggingFile()).href.replaceAll(',', '%2C');
  return { java, classPath: ['-cp', jars, `-Dlog4j2.configurationFile=${logging}`] };
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
    args: [...options.heap, QUICK_COMPILER, ...COMMON, ...classPath, mark(options), 'kafka.Kafka', fileOf(options)],
    cwd: options.folder,
    env: javaEnvironment(),
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
  const tool = ['kafka.tools.StorageTool', 'format', ...args, '-t', clusterId, '-c', fileOf(options)];
  const where = { cwd: options.folder, env: javaEnvironment() };
  await run(java, [...SHORT_LIVED, ...classPath, ...tool], where).catch((error: unknown) => {
    throw new InfrastructureError('START_FAILED', `Kafka's storage could not be formatted: ${messageOf(error)}`, {
      cause: error,
    });
  });
}

/** From the folder, so that no letter of a folder above has to be understood. */
function fileOf({ folder, propertiesFile }: Pick<KafkaNodeOptions, 'folder' | 'propertiesFile'>): string {
  return path.relative(folder, propertiesFile);
}

/** Read by nobody but who looks for the process of this very folder (`endLeftover`). */
function mark({ propertiesFile }: KafkaNodeOptions): string {
  return `-Dfleethook.node=${propertiesFile}`;
}
