import { describe, expect, it } from '@jest/globals';
import { MAX_EVENT_BYTES, retryTopic, TOPICS } from './topic-table.js';

const DAY_MS = 86_400_000;

describe('topic table', () => {
  it.each([
    [5_000, 'webhook.retry.5s'],
    [120_000, 'webhook.retry.2m'],
    [43_200_000, 'webhook.retry.12h'],
    [1_500, 'webhook.retry.1500ms'],
  ])('names the tier of %d ms %s', (delayMs, name) => {
    expect(retryTopic(delayMs).name).toBe(name);
  });

  it('keeps a tier longer than its delay and the horizon together', () => {
    expect(retryTopic(43_200_000).retentionMs).toBeGreaterThan(43_200_000 + 3 * DAY_MS);
  });

  it('never compacts what has a webhook for a key: its older deliveries would vanish', () => {
    for (const topic of [TOPICS.deliveries, TOPICS.attempts, TOPICS.dead, retryTopic(5_000)])
      expect(topic.cleanup).toBe('delete');
    expect(TOPICS.config.cleanup).toBe('compact');
    expect(TOPICS.config.partitions).toBe(1);
  });

  it('lets every topic take what the one before it took', () => {
    for (const topic of [TOPICS.events, TOPICS.deliveries, TOPICS.dead, TOPICS.attempts, retryTopic(5_000)]) {
      expect(Number(topic.settings['max.message.bytes' as keyof typeof topic.settings])).toBeGreaterThan(
        4 * MAX_EVENT_BYTES,
      );
    }
  });
});
