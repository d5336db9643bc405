import { randomBytes } from 'node:crypto';

/**
 * As Kafka writes its ids: 16 bytes in base64url, none that begins with `-`, which its storage tool would take for an
 * option (as `org.apache.kafka.common.Uuid.randomUuid` does).
 */
export function newClusterId(random: (bytes: number) => Buffer = randomBytes): string {
  const id = random(16).toString('base64url');
  return id.startsWith('-') ? newClusterId(random) : id;
}
