import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { InfrastructureError } from '../infrastructure-error.js';
import type { Say } from '../infrastructure.js';
import { mavenReason } from './maven-reason.js';

const FOLDER = path.join('libs', 'infrastructure', 'embedded-kafka');
const PROGRESS_EVERY_MS = 5_000;
/** Of what Maven prints; a failure is told within its last lines, among the frames of a stack. */
const MAX_LINES = 200;

/** The repository, above the sources as well as above the build. */
export function repositoryRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, FOLDER, 'pom.xml'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`${FOLDER}/pom.xml is in no folder above ${import.meta.url}`);
    folder = parent;
  }
  return folder;
}

/** Beside the pom.xml: what the node logs, and how. */
export const loggingFile = (): string => path.join(repositoryRoot(), FOLDER, 'log4j2.properties');

/**
 * Kafka's own jars, fetched by Maven on the first use and kept beside the node packages, so that every data folder shares them.
 * @returns the folder that holds them. @throws InfrastructureError MAVEN_MISSING, MAVEN_FAILED
 */
export async function kafkaJars(say: Say, signal: AbortSignal): Promise<string> {
  const root = repositoryRoot();
  const pom = path.join(root, FOLDER, 'pom.xml');
  const text = readFileSync(pom, 'utf8');
  const version = /<kafka\.version>([^<]+)</.exec(text)?.[1] ?? 'unknown';
  const fingerprint = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const cache = path.join(root, 'node_modules', '.cache', 'fleethook');
  const jars = path.join(cache, `kafka-${version}-${fingerprint}`);
  if (existsSync(jars)) return jars;

  say(`Fetching Apache Kafka ${version} with Maven, once (45 MB).`);
  await mkdir(cache, { recursive: true });
  const half = await mkdtemp(path.join(cache, 'fetching-'));
  try {
    await copyDependencies(pom, half, say, signal);
    // Whole or not at all; who was faster has fetched the same.
    await rename(half, jars).catch((error: unknown) => {
      if (!existsSync(jars)) throw error;
    });
  } finally {
    await rm(half, { recursive: true, force: true });
  }
  return jars;
}

function copyDependencies(pom: string, into: string, say: Say, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = [
      '-B',
      '-f',
      pom,
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${into}`,
    ];
    const maven = spawn('mvn', args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, signal });
    let fetched = 0;
    const lines: string[] = [];
    const progress = setInterval(() => say(`Maven has fetched ${fetched} files.`), PROGRESS_EVERY_MS);
    const read = (chunk: Buffer): void => {
      for (const line of chunk.toString('utf8').split('\n')) {
        if (line.includes('Downloaded from')) fetched++;
        else lines.push(line);
      }
      lines.splice(0, lines.length - MAX_LINES);
    };
    maven.stdout.on('data', read);
    maven.stderr.on('data', read);
    maven.on('error', (error) => {
      clearInterval(progress);
      reject(mavenError(error, signal));
    });
    maven.on('close', (code) => {
      clearInterval(progress);
      if (code === 0) resolve();
      else reject(mavenFailed(code, mavenReason(lines)));
    });
  });
}

function mavenError(error: Error, signal: AbortSignal): InfrastructureError {
  if (signal.aborted) return new InfrastructureError('START_ABORTED', 'Stopped while Maven was fetching Kafka.');
  return new InfrastructureError(
    'MAVEN_MISSING',
    'Maven (mvn) was not found: install it, start a Docker engine, or set KAFKA_BROKERS to a Kafka that runs elsewhere.',
    { cause: error },
  );
}

function mavenFailed(code: number | null, reason: string): InfrastructureError {
  return new InfrastructureError(
    'MAVEN_FAILED',
    `Maven could not fetch Kafka (exit code ${code}): ${reason}. Check the network, Java and Maven's settings.xml, then start again.`,
  );
}
