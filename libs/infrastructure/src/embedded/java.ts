import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { InfrastructureError } from '../infrastructure-error.js';

const run = promisify(execFile);

/** Kafka 4 brokers need Java 17. */
const OLDEST_JAVA = 17;

/** @returns the command that starts Java. @throws InfrastructureError JAVA_MISSING, JAVA_TOO_OLD */
export async function findJava(javaHome: string | undefined): Promise<string> {
  const command = javaHome === undefined ? 'java' : path.join(javaHome, 'bin', 'java');
  const printed = await run(command, ['-version']).then(
    ({ stderr, stdout }) => stderr + stdout,
    (error: unknown) => {
      throw new InfrastructureError(
        'JAVA_MISSING',
        `Java was not found (${command}): install Java ${OLDEST_JAVA} or later, start a Docker engine, or set KAFKA_BROKERS to a Kafka that runs elsewhere.`,
        { cause: error },
      );
    },
  );
  const version = javaVersion(printed);
  if (version !== undefined && version >= OLDEST_JAVA) return command;
  throw new InfrastructureError(
    'JAVA_TOO_OLD',
    `Kafka needs Java ${OLDEST_JAVA} or later, and ${command} is ${version ?? 'of an unknown version'}: install a later one, or point JAVA_HOME to it.`,
  );
}

/** `openjdk version "17.0.15"` is 17, `java version "1.8.0_392"` is 8. */
export function javaVersion(printed: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(printed);
  return match ? Number(match[1]) : undefined;
}
