import { z } from 'zod';
import { listOf } from './values.js';

/** Kafka takes no longer name for a topic. */
const MAX_TOPIC_NAME = 249;
/** `webhook.retry.` and the longest delay, 12 digits and a unit; every other topic's name is shorter. */
const LONGEST_TOPIC_NAME = 28;
const MAX_PREFIX = MAX_TOPIC_NAME - LONGEST_TOPIC_NAME;

/** Bootstrap brokers, comma-separated, blanks around them ignored: at least one. */
export function brokers(): z.ZodType<readonly string[], string | undefined> {
  return listOf(brokerFault).refine((items) => items.length > 0, 'must name at least one broker, such as kafka-1:9092');
}

function brokerFault(item: string): string | undefined {
  // kafkajs cuts a bootstrap broker at its first colon; the addresses that brokers tell it may be of either kind.
  if (item.startsWith('[')) return 'is an IPv6 address; give the name of the broker instead, such as kafka-1:9092';
  const [, digits] = /^[^\s:/@[\]]+:(\d{1,5})$/.exec(item) ?? [];
  if (digits === undefined) return 'is not like kafka-1:9092';
  const port = Number(digits);
  return port < 1 || port > 65_535 ? 'must have a port from 1 to 65535' : undefined;
}

/** What may stand before the name of every topic. */
export function topicPrefix(): z.ZodType<string, string | undefined> {
  return z
    .string('is required')
    .trim()
    .regex(
      new RegExp(`^[A-Za-z0-9._-]{1,${MAX_PREFIX}}$`),
      `must be at most ${MAX_PREFIX} letters of A to Z and a to z, digits, dots, underscores and hyphens`,
    );
}
