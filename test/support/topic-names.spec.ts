import { describe, expect, it } from '@jest/globals';
import { ConfigError, readAppSettings } from '@fleethook/config';
import { retryDelayOf, retryTopic, TOPICS } from '@fleethook/messages';

const MAX_TOPIC_NAME = 249;

function isTaken(prefix: string): boolean {
  try {
    readAppSettings('router', { KAFKA_TOPIC_PREFIX: prefix });
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

describe('the longest prefix that is taken', () => {
  it('leaves room for the name of every topic', () => {
    const longest = retryTopic(999_999_999_999);
    expect(retryDelayOf(longest.name)?.delayMs).toBe(999_999_999_999);
    expect(retryDelayOf(retryTopic(1_000_000_000_001).name)).toBeUndefined();
    const room = MAX_TOPIC_NAME - Math.max(...[...Object.values(TOPICS), longest].map(({ name }) => name.length));
    expect([isTaken('x'.repeat(room)), isTaken('x'.repeat(room + 1))]).toEqual([true, false]);
  });
});
