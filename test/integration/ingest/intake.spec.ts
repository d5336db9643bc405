import { describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { newPrn } from '@fleethook/events';
import { decodeEvent, newApiKey, TOPICS } from '@fleethook/messages';
import { eventually } from '../../support/eventually.js';
import { IntakeWorld } from './intake-world.js';
import { plainKafka } from '../../support/plain-kafka.js';

jest.setTimeout(60_000);

interface Answer {
  readonly accepted: number;
  readonly events: readonly { index: number; prn: string }[];
  readonly rejected: readonly { index: number }[];
  readonly errors?: { readonly detail: string };
}
const answerOf = async (reply: Response): Promise<Answer> => (await reply.json()) as Answer;

describe('intake', () => {
  it('has every event in Kafka, with the bytes that will be sent, when it answers 202', async () => {
    await using world = await IntakeWorld.create();
    await using tail = await world.kafka.tail(TOPICS.events.name);
    const prn = newPrn(world.organization, 'event');
    const lines = [
      world.event({}, { prn, inserted_at: '2026-01-01T00:00:00Z' }),
      world.event({ note: 'é😀 \u2028' }),
    ].map((event) => JSON.stringify(event));
    lines.splice(1, 0, 'no JSON');
    const reply = await world.post(zstdCompressSync(lines.join('\r\n')), {
      type: 'application/x-ndjson',
      encoding: 'zstd',
    });
    // Asked for after the answer: what was accepted must lie below the end already, not arrive later.
    expect(await recordsIn(world, TOPICS.events.name)).toBe(2);
    const { accepted, events, rejected } = await answerOf(reply);
    expect({ status: reply.status, accepted }).toEqual({ status: 202, accepted: 2 });
    expect(rejected.map(({ index }) => index)).toEqual([1]);
    await eventually(() => expect(tail.records).toHaveLength(2), { withinMs: 20_000 });
    const decoded = tail.records.map((record) => ({ ...decodeEvent(record), key: record.key?.toString() }));
    expect(decoded.map(({ event }) => event).toSorted()).toEqual(events.map((event) => event.prn).toSorted());
    for (const { body, event, name, key } of decoded) {
      const text = body.toString();
      expect(JSON.stringify(JSON.parse(text))).toBe(text);
      const { data, ...envelope } = JSON.parse(text) as { data: { data: { device: { prn: string } } } };
      expect(Object.keys(JSON.parse(text) as object)).toEqual(['version', 'prn', 'type', 'inserted_at', 'data']);
      expect(envelope).toMatchObject({ version: 1, prn: event, type: 'device' });
      expect({ name, key }).toEqual({ name: 'device.connected', key: data.data.device.prn });
    }
    expect(decoded.find(({ event }) => event === prn)?.body.toString()).toContain(
      '"inserted_at":"2026-01-01T00:00:00Z"',
    );
  });

  it('loses none of many events in many requests at once', async () => {
    await using world = await IntakeWorld.create();
    await using tail = await world.kafka.tail(TOPICS.events.name);
    const replies = await Promise.all(
      Array.from({ length: 20 }, async (_, request) => {
        const events = Array.from({ length: 500 }, () => JSON.stringify(world.event()));
        const body = request % 2 === 0 ? `[${events.join(',')}]` : events.join('\n');
        const type = request % 2 === 0 ? 'application/json' : 'application/x-ndjson';
        const compressed = request % 3 === 0;
        const reply = await world.post(compressed ? gzipSync(body) : body, {
          type,
          ...(compressed ? { encoding: 'gzip' } : {}),
        });
        expect(reply.status).toBe(202);
        return answerOf(reply);
      }),
    );
    const accepted = replies.flatMap(({ events }) => events.map(({ prn }) => prn)).toSorted();
    expect(new Set(accepted).size).toBe(10_000);
    await eventually(() => expect(tail.records.length).toBeGreaterThanOrEqual(10_000), { withinMs: 30_000 });
    expect(tail.records.map((record) => record.headers['event']?.toString() ?? '').toSorted()).toEqual(accepted);
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)(
    'takes several %s streams as one body, and says what does not belong to them',
    async (encoding, compress) => {
      await using world = await IntakeWorld.create();
      const streams = [1, 2].map(() =>
        compress(
          Array.from(
            { length: 3_000 },
            () => `${JSON.stringify(world.event({ note: randomBytes(60).toString('base64') }))}\n`,
          ).join(''),
        ),
      );
      const options = { type: 'application/x-ndjson', encoding };
      const taken = await world.post(Buffer.concat(streams), options);
      expect({ status: taken.status, accepted: (await answerOf(taken)).accepted }).toEqual({
        status: 202,
        accepted: 6_000,
      });
      for (const rest of ['garbage', '\0']) {
        const refused = await world.post(Buffer.concat([...streams, Buffer.from(rest)]), options);
        expect(refused.status).toBe(400);
        expect((await answerOf(refused)).errors?.detail).toBe(
          `The request goes on after the end of its ${encoding} data`,
        );
      }
      // It announces more than it sends, and is gone after the end of what is compressed.
      const socket = connect(world.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(
        `POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Token ${world.key}\r\ncontent-type: application/x-ndjson\r\n` +
          `content-encoding: ${encoding}\r\ncontent-length: 100000\r\n\r\n`,
      );
      socket.write(Buffer.concat([compress(JSON.stringify(world.event())), Buffer.from('\0\0\0\0')]));
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1.1 400 /);
      socket.destroy();
      expect((await world.post(JSON.stringify(world.event()))).status).toBe(202);
    },
  );

  it('follows the keys: a new one works, a revoked one does not', async () => {
    await using world = await IntakeWorld.create();
    const key = newApiKey();
    const body = JSON.stringify(world.event());
    expect((await world.post(body, { key })).status).toBe(401);
    const config = await world.allow(key);
    await eventually(async () => expect((await world.post(body, { key })).status).toBe(202), { withinMs: 20_000 });
    await world.revoke(config);
    await eventually(async () => expect((await world.post(body, { key })).status).toBe(401), { withinMs: 20_000 });
  });

  it('tells a client that sends too much, although it is still sending', async () => {
    await using world = await IntakeWorld.create();
    for (const type of ['application/json', 'application/x-ndjson']) {
      const reply = await world.post(Buffer.alloc(24 * 1_024 * 1_024, 0x20), { type });
      expect(reply.status).toBe(413);
      expect(reply.headers.get('peridio-request-id')).not.toBeNull();
      expect(await answerOf(reply)).toMatchObject({ errors: { detail: expect.stringContaining('larger than') } });
    }
    expect((await world.post(JSON.stringify(world.event()))).status).toBe(202);
  });

  it('answers on the bare socket what is no HTTP, with a request id', async () => {
    await using world = await IntakeWorld.create();
    for (const [sent, status] of [
      ['nonsense\r\n\r\n', '400'],
      [`GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
    ] as const) {
      const answer = await talk(world.port, sent);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer).toContain('peridio-request-id: ');
      expect(answer).toContain('{"errors":{"detail":"');
    }
  });

  it('goes on when a client breaks off in the middle', async () => {
    await using world = await IntakeWorld.create();
    for (const encoding of ['identity', 'gzip', 'zstd']) {
      const socket = connect(world.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(
        `POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Token ${world.key}\r\ncontent-type: application/json\r\n` +
          `content-encoding: ${encoding}\r\ncontent-length: 1000\r\n\r\n[{`,
        () => socket.destroy(),
      );
      await new Promise((resolve) => socket.once('close', resolve));
    }
    expect((await world.post(JSON.stringify(world.event()))).status).toBe(202);
    await eventually(
      async () =>
        expect(await (await fetch(`${world.url}/metrics`)).text()).toMatch(/^fleethook_ingest_queued_bytes 0$/m),
      { withinMs: 30_000 },
    );
  });

  it('is ready once it has Kafka and the configuration', async () => {
    await using world = await IntakeWorld.create();
    const reply = await fetch(`${world.url}/health/ready`);
    expect({ status: reply.status, report: await reply.json() }).toMatchObject({
      status: 200,
      report: { info: { kafka: { status: 'up' }, configuration: { status: 'up' } } },
    });
  });
});

/** Records below the ends of a topic's partitions, as the brokers have them now. */
async function recordsIn(world: IntakeWorld, topic: string): Promise<number> {
  const { brokers, prefix } = world.kafka.connection;
  const admin = plainKafka(brokers).admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(prefix + topic);
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  } finally {
    await admin.disconnect();
  }
}

/** Everything that a server says to these bytes until it closes. */
function talk(port: number, sent: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(sent));
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}
