import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn } from '@fleethook/events';
import type { IntakeReply } from '../connection/intake-client.js';
import { CliError } from '../running/cli-error.js';
import { eventsIn, inBatches } from './event-lines.js';
import { EventSender } from './event-sender.js';
import { deviceOf, named, type OutgoingEvent } from './outgoing.js';

const organization = newOrganizationPrn();
const batch: OutgoingEvent[] = [1, 3, 4].map((line) => ({ line, json: `{"line":${line}}` }));
const reply = (status: number, changes: Partial<IntakeReply> = {}): IntakeReply => ({
  status,
  retryAfterMs: 0,
  problem: status === 202 ? undefined : 'busy',
  accepted: new Map(),
  rejected: new Map(),
  ...changes,
});
const lost = new CliError('unreachable', 'gone');

/** An intake that answers as it is told, and what it was sent. */
function sender(
  answers: (IntakeReply | CliError)[],
  maxTries = 10,
): { sender: EventSender; sent: string[][]; waits: string[] } {
  const sent: string[][] = [];
  const waits: string[] = [];
  const post = (lines: readonly string[]): Promise<IntakeReply> => {
    sent.push([...lines]);
    const answer = answers.shift();
    if (answer === undefined) throw new Error('asked too often');
    return answer instanceof CliError ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const options = { isCompressed: false, maxTries, signal: new AbortController().signal };
  return {
    sender: new EventSender({ post }, { ...options, onWait: (ms, reason) => void waits.push(`${ms} ${reason}`) }),
    sent,
    waits,
  };
}

describe('EventSender', () => {
  it('sends again only what the intake was too busy for, as late as it asks', async () => {
    const {
      sender: one,
      sent,
      waits,
    } = sender([
      reply(503, { accepted: new Map([[1, 'prn:b']]), retryAfterMs: 3 }),
      reply(202, { accepted: new Map([[0, 'prn:a']]), rejected: new Map([[1, { '/data': ['is required'] }]]) }),
    ]);
    await expect(one.send(batch)).resolves.toEqual([
      { line: 1, status: 'accepted', prn: 'prn:a' },
      { line: 3, status: 'accepted', prn: 'prn:b' },
      { line: 4, status: 'rejected', errors: { '/data': ['is required'] } },
    ]);
    expect(sent).toEqual([batch.map(({ json }) => json), ['{"line":1}', '{"line":4}']]);
    expect(waits).toEqual(['3 busy']);
  });

  it('gives up after as many tries as it may', async () => {
    const { sender: one, sent } = sender([reply(429), reply(429)], 2);
    const results = await one.send(batch);
    expect(results.map(({ status }) => status)).toEqual(['not_taken', 'not_taken', 'not_taken']);
    expect(sent).toHaveLength(2);
  });

  it('does not try what was never there, but goes on when a connection is lost', async () => {
    await expect(sender([lost]).sender.send(batch)).rejects.toBe(lost);
    const all = reply(202, { accepted: new Map([0, 1, 2].map((index) => [index, 'prn'])) });
    const { sender: one, sent } = sender([all, lost, all]);
    await one.send(batch);
    await expect(one.send(batch)).resolves.toHaveLength(3);
    expect(sent).toHaveLength(3);
  });

  it('does not send again what is too large', async () => {
    const { sender: one } = sender([reply(413, { problem: 'The request body is too large' })]);
    const [first] = await one.send(batch);
    expect(first).toEqual({ line: 1, status: 'not_taken', reason: 'The request body is too large' });
  });
});

describe('named', () => {
  it.each(['{"type":"a","n":12345678901234567890}', '{ "a" : 1, "a" : 2 }', '{}', '  {\t}'])(
    'keeps the bytes of %s',
    (json) => {
      const result = named(json, organization);
      const rest = json.slice(json.indexOf('{') + 1);
      expect(result).toMatch(new RegExp(`^\\{"prn":"${organization}:event:[0-9a-f-]{36}"`));
      expect(result.endsWith(rest)).toBe(true);
      expect(() => JSON.parse(result) as unknown).not.toThrow();
    },
  );

  it.each(['{"prn":"mine"}', '{"prn":null}', 'no json', '[1]', '7'])('leaves %s as it is', (json) => {
    expect(named(json, organization)).toBe(json);
  });

  it('gives the same device the same name', () => {
    expect(deviceOf(organization, 'pump')).toEqual(deviceOf(organization, 'pump'));
    expect(deviceOf(organization, 'pump').prn).not.toBe(deviceOf(organization, 'pump2').prn);
    expect(deviceOf(organization, 'prn:1:x')).toEqual({ prn: 'prn:1:x' });
  });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const read = (text: string): Promise<OutgoingEvent[]> => all(eventsIn(Readable.from([text])));

describe('eventsIn', () => {
  it('reads lines, and says which', async () => {
    await expect(read('\uFEFF{"a":1}\r\n\n  \n{"b":2}')).resolves.toEqual([
      { line: 1, json: '{"a":1}' },
      { line: 4, json: '{"b":2}' },
    ]);
  });

  it('reads an array', async () => {
    await expect(read('[\n {"a":1},\n {"b":2}\n]\n')).resolves.toEqual([
      { line: 1, json: '{"a":1}' },
      { line: 2, json: '{"b":2}' },
    ]);
    await expect(read('[{"a":1}')).rejects.toThrow('It begins like a JSON array');
    await expect(read(' [ ]\n')).resolves.toEqual([]);
  });

  it('keeps what an array says as it is written', async () => {
    const items = ['{"n":12345678901234567890}', '{"a":1,"a":2}', '"x,]\\"["', '{"f":1.10}'];
    const found = await read(`\n[\n${items.join(' ,\n')}\n]`);
    expect(found.map(({ json }) => json)).toEqual(items);
    await expect(read('[{"a":\r\n[1,\n2]}]')).resolves.toEqual([{ line: 1, json: '{"a": [1, 2]}' }]);
  });

  it('takes an array among lines for a line', async () => {
    await expect(read('{"a":1}\n[{"b":2}]\n{"c":3}')).resolves.toEqual([
      { line: 1, json: '{"a":1}' },
      { line: 2, json: '[{"b":2}]' },
      { line: 3, json: '{"c":3}' },
    ]);
  });

  it('measures batches in bytes', async () => {
    const two = `"${'é'.repeat(1_500_000)}"\n`.repeat(2);
    const batches = await all(inBatches(eventsIn(Readable.from([two])), 500));
    expect(batches).toHaveLength(2);
  });

  it('makes batches', async () => {
    const batches = await all(inBatches(eventsIn(Readable.from(['1\n2\n3\n4\n5'])), 2));
    expect(batches.map((one) => one.map(({ line }) => line))).toEqual([[1, 2], [3, 4], [5]]);
  });
});
