import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Prn } from '@fleethook/events';
import { encodeAttempt, TOPICS } from '@fleethook/messages';
import { eventually } from '../../support/eventually.js';
import { attemptMessage } from '../../support/facts.js';
import { Receiver } from '../../support/receiver.js';
import { ApiWorld } from './api-world.js';

let world: ApiWorld;
let receiver: Receiver;

beforeAll(async () => {
  world = await ApiWorld.create();
  receiver = await Receiver.listen();
});

afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

async function created(): Promise<Prn<'webhook'>> {
  const reply = await world.call('POST', '/webhooks', { body: { url: receiver.url } });
  return (reply.json as { webhook: { prn: Prn<'webhook'> } }).webhook.prn;
}

async function stateOf(prn: string): Promise<unknown> {
  const reply = await world.call('GET', `/webhooks/${prn}`);
  const { state, disabled_by } = (reply.json as { webhook: { state: string; disabled_by: string | null } }).webhook;
  return [state, disabled_by];
}

/** @param configVersion none: as an earlier release tells of it */
async function gone(webhook: Prn<'webhook'>, startedAtMs: number, configVersion?: number): Promise<void> {
  const attempt = attemptMessage({
    webhook,
    outcome: 'gone',
    status: 410,
    startedAtMs,
    configVersion,
    next: { kind: 'dead', reason: 'gone' },
  });
  // All in one partition: what is read there is read in this order.
  await world.kafka.producer.send({ ...encodeAttempt(attempt), topic: TOPICS.attempts.name, partition: 0 });
}

describe('an endpoint that is gone', () => {
  it('has its webhook disabled, told apart from one disabled by hand', async () => {
    const prn = await created();
    await world.kafka.producer.send({
      ...encodeAttempt(attemptMessage({ webhook: prn })),
      topic: TOPICS.attempts.name,
    });
    await gone(prn, Date.now() + 1);
    await eventually(async () => expect(await stateOf(prn)).toEqual(['disabled', 'gone']), { withinMs: 15_000 });
  });

  it('stays enabled when the answer is older than its last enabling, and is disabled by a newer one', async () => {
    const prn = await created();
    const other = await created();
    const answeredAtMs = Date.now();
    await world.call('PATCH', `/webhooks/${prn}`, { body: { state: 'disabled' } });
    await world.call('PATCH', `/webhooks/${prn}`, { body: { state: 'enabled' } });
    await gone(prn, answeredAtMs);
    // Another webhook's, which follows it through the same partition, shows that it has been read.
    await gone(other, Date.now() + 1);
    await eventually(async () => expect(await stateOf(other)).toEqual(['disabled', 'gone']), { withinMs: 15_000 });
    expect(await stateOf(prn)).toEqual(['enabled', null]);
    await gone(prn, Date.now() + 1);
    await eventually(async () => expect(await stateOf(prn)).toEqual(['disabled', 'gone']), { withinMs: 15_000 });
  });

  it('is the one of the URL that was called, whatever the clocks say', async () => {
    const prn = await created();
    const other = await created();
    const moved = await world.call('PATCH', `/webhooks/${prn}`, { body: { url: new URL('/new', receiver.url).href } });
    expect(moved.status).toBe(200);
    // The process that called the old URL had not heard of the new one yet.
    await gone(prn, Date.now() + 1, 1);
    // And this one's clock is an hour behind.
    await gone(other, Date.now() - 3_600_000, 1);
    await eventually(async () => expect(await stateOf(other)).toEqual(['disabled', 'gone']), { withinMs: 15_000 });
    expect(await stateOf(prn)).toEqual(['enabled', null]);
    await world.call('PATCH', `/webhooks/${prn}`, { body: { description: 'changes nothing about it' } });
    await gone(prn, Date.now() + 1, 2);
    await eventually(async () => expect(await stateOf(prn)).toEqual(['disabled', 'gone']), { withinMs: 15_000 });
  });
});
