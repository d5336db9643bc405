import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { createGzip, createZstdCompress } from 'node:zlib';
import { CLIENT_LIMITS, type ClientLimits } from '@fleethook/service';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { IntakeWorld } from './intake-world.js';

const SHORT: ClientLimits = {
  ...CLIENT_LIMITS,
  headersTimeoutMs: 2_500,
  requestTimeoutMs: 2_500,
  checkIntervalMs: 100,
};
const NDJSON = 'application/x-ndjson';
const TOO_SLOW = { errors: { detail: 'The request took too long to arrive' } };
/** All lines of a test fit into the time. */
const PAUSE_MS = 150;

interface Answer {
  readonly status: number | undefined;
  readonly id: string;
  readonly connection: string | undefined;
  readonly json: unknown;
}

/** Sends these pieces one after the other, then a blank now and then until it is answered. */
async function sentSlowly(world: IntakeWorld, type: string, pieces: readonly string[], encoding?: 'gzip' | 'zstd') {
  const sending = request(`${world.url}/v1/events`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Token ${world.key}`,
      'content-type': type,
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    },
  });
  // The server may close the connection while we still write.
  sending.on('error', () => {});
  const encoder = encoding === 'gzip' ? createGzip() : encoding === 'zstd' ? createZstdCompress() : undefined;
  encoder?.pipe(sending);
  const write = (text: string): void => {
    if (encoder === undefined) sending.write(text);
    else {
      encoder.write(text);
      encoder.flush();
    }
  };
  const left = [...pieces];
  const sends = setInterval(() => write(left.shift() ?? '\n'), PAUSE_MS);
  try {
    const [reply] = (await once(sending, 'response')) as [IncomingMessage];
    let text = '';
    for await (const piece of reply.setEncoding('utf8')) text += piece as string;
    const { statusCode, headers } = reply;
    return {
      status: statusCode,
      id: String(headers['peridio-request-id']),
      connection: headers.connection,
      json: JSON.parse(text) as unknown,
    } satisfies Answer;
  } finally {
    clearInterval(sends);
    sending.destroy();
  }
}

/** What the intake's log says of a request. */
async function logged(world: IntakeWorld, id: string): Promise<unknown> {
  const line = await eventually(
    () => {
      const found = world.logLines.find((one) => one.includes(id));
      expect(found).toBeDefined();
      return found ?? '';
    },
    { withinMs: 20_000 },
  );
  return JSON.parse(line);
}

const metrics = async (world: IntakeWorld): Promise<string> => (await fetch(`${world.url}/metrics`)).text();

describe('a request that takes too long to arrive', () => {
  it.each([undefined, 'gzip', 'zstd'] as const)(
    'is answered with what was accepted of it, counted and logged, also when it is compressed: %s',
    async (encoding) => {
      await using world = await IntakeWorld.create({}, SHORT);
      const event = `${JSON.stringify(world.event())}\n`;
      const answer = await sentSlowly(world, NDJSON, [event, 'no JSON\n', event, event], encoding);
      expect(answer).toMatchObject({
        status: 408,
        connection: 'close',
        json: {
          ...TOO_SLOW,
          accepted: 3,
          events: [{ index: 0 }, { index: 2 }, { index: 3 }],
          rejected: [{ index: 1 }],
        },
      });
      expect(await logged(world, answer.id)).toMatchObject({
        event: 'ingest.answered',
        status: 408,
        accepted: 3,
        rejected: 1,
        detail: TOO_SLOW.errors.detail,
      });
      const counted = await metrics(world);
      expect(counted).toMatch(/^fleethook_ingest_requests_total\{status="408"\} 1$/m);
      expect(counted).toMatch(/^fleethook_ingest_events_total\{result="accepted"\} 3$/m);
      expect(counted).toMatch(/^fleethook_ingest_queued_bytes 0$/m);
      expect((await world.post(event)).status).toBe(202);
    },
  );

  it.each([
    ['JSON, of which nothing is taken before its end', 'application/json', (event: string) => `[${event},`],
    ['lines of which none was accepted', NDJSON, () => 'no JSON\n'],
  ])('has no lists in its answer when it is %s', async (_, type, pieceOf) => {
    await using world = await IntakeWorld.create({}, SHORT);
    const answer = await sentSlowly(world, type, [pieceOf(JSON.stringify(world.event()))]);
    expect(answer).toMatchObject({ status: 408, connection: 'close', json: TOO_SLOW });
    expect(Object.keys(answer.json as object)).toEqual(['errors']);
    expect(await logged(world, answer.id)).toMatchObject({ event: 'ingest.answered', status: 408 });
    expect(await metrics(world)).toMatch(/^fleethook_ingest_requests_total\{status="408"\} 1$/m);
  });
});
