/** Why Kafka or PostgreSQL cannot be had. The message is a sentence with what to do about it. */
export type InfrastructureErrorCode =
  | 'ADDRESS_MISSING'
  | 'ADDRESS_SILENT'
  | 'DOCKER_UNAVAILABLE'
  | 'DOCKER_START_FAILED'
  | 'JAVA_MISSING'
  | 'JAVA_TOO_OLD'
  | 'MAVEN_MISSING'
  | 'MAVEN_FAILED'
  | 'PLATFORM_UNSUPPORTED'
  | 'NO_UNPRIVILEGED_USER'
  | 'DISK_FULL'
  | 'STATE_UNREADABLE'
  | 'START_FAILED'
  | 'START_ABORTED';

export class InfrastructureError extends Error {
  constructor(
    readonly code: InfrastructureErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'InfrastructureError';
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
