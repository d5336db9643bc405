/** What can go wrong on our side of Kafka, each with a stable code. */
export const KAFKA_ERRORS = {
  RECORD_TOO_LARGE: 'the record is too large, or malformed, for its topic; sending it again cannot help',
  RECORD_WITHDRAWN: "what the record comes of is another process's by now; it writes what comes of it",
  PRODUCER_QUEUE_FULL: 'too many bytes wait for Kafka; send again later',
  PRODUCER_CLOSED: 'the producer is closed; nothing more is taken',
  KAFKA_UNAVAILABLE: 'Kafka did not acknowledge in time; the record may or may not be written',
  ACCESS_REFUSED:
    "Kafka refuses the credentials, or its certificate is not trusted; the settings or the cluster's have to be changed",
  TOPIC_UNKNOWN: 'the topic does not exist, or none of its partitions has a leader',
  HANDLER_INVALID: 'the handlers of a consumer do not fit its topics, one handler for each',
  CONSUMER_STOPPED: 'the consumer has stopped for good; the process has to be started again',
  CLIENT_UNKNOWN: 'the installed kafkajs is not the version whose faults are worked around here',
} as const;

export type KafkaErrorCode = keyof typeof KAFKA_ERRORS;

export class KafkaError extends Error {
  constructor(
    readonly code: KafkaErrorCode,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${KAFKA_ERRORS[code]}: ${detail}`, options);
    this.name = 'KafkaError';
  }
}

/** A chain of causes longer than this is a loop. */
const MAX_CAUSES = 10;

/**
 * The broker's name for what failed (`NOT_LEADER_FOR_PARTITION`, ...), wherever in the chain of causes it is: the client wraps errors
 * when it gives up. Undefined when no broker said anything, for example when the connection broke.
 */
export function errorTypeOf(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && typeof current === 'object' && current !== null; depth += 1) {
    if ('type' in current && typeof current.type === 'string') return current.type;
    // An answer about several topics or groups comes as a list of errors.
    const [first] = 'errors' in current && Array.isArray(current.errors) ? (current.errors as unknown[]) : [];
    current = first ?? ('cause' in current ? current.cause : undefined);
  }
  return undefined;
}

/** What a log line says of a failure that is tried again: the broker's word, where it gave one, for then the stack is only the client's. */
export function whyTriedAgain(error: unknown): { readonly reason: string } | { readonly error: unknown } {
  const reason = errorTypeOf(error);
  return reason === undefined ? { error } : { reason };
}
