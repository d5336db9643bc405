import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { CLIENT_LIMITS } from '@fleethook/service';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeIntakes, Intake, KEY, text } from '../testing/intake.js';

afterEach(closeIntakes);

const SHORT = { ...CLIENT_LIMITS, headersTimeoutMs: 1_000, requestTimeoutMs: 1_000, checkIntervalMs: 50 };
const HEAD = `POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Token ${KEY}\r\ncontent-type: application/x-ndjson\r\n`;

async function listening(environment: Record<string, string> = {}): Promise<{ intake: Intake; server: Server }> {
  const intake = await Intake.start(environment, true, SHORT);
  const app = intake.app.value;
  if (app === undefined) throw new Error('not started');
  await app.listen(0, '127.0.0.1');
  return { intake, server: app.getHttpServer() };
}

/** A client that sends these bytes and then stops. */
async function sent(server: Server, bytes: string): Promise<{ said: () => string; socket: Socket }> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let said = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (said += piece));
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(bytes);
  return { said: () => said, socket };
}

describe('the time within which a request has to arrive', () => {
  it.each([
    ['408, when it was still read', {}, '\n', 408],
    [
      '413, when it had been refused',
      { INGEST_MAX_REQUEST: '1KiB', INGEST_MAX_EVENT: '1KiB' },
      '\n'.repeat(2_000),
      413,
    ],
  ])('ends it once Kafka has answered for what was sent: %s', async (_, environment, rest, status) => {
    const { intake, server } = await listening(environment);
    const taken = new Promise<void>((resolve) => {
      intake.kafka.answer = () => {
        resolve();
        return 'later';
      };
    });
    const passed = once(server, 'clientError');
    const { said, socket } = await sent(server, `${HEAD}content-length: 100000\r\n\r\n${text()}\n`);
    await taken;
    socket.write(rest);
    await passed;
    expect(said()).toBe('');
    const closed = once(socket, 'close');
    intake.kafka.held[0]?.(undefined);
    await closed;
    expect(said()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*\r\nconnection: close\r\n`));
    expect(said()).toMatch(/"accepted":1,"events":\[\{"index":0,"prn":"[^"]+"\}\],"rejected":\[\]\}$/);
    // No second answer.
    expect(said().match(/^HTTP/gm)).toHaveLength(1);
  });

  it('is also over for a request that waits for Kafka to take what was sent before', async () => {
    const { intake, server } = await listening();
    intake.kafka.answer = () => 'later';
    const large = text({ note: 'x'.repeat(250_000) });
    const passed = once(server, 'clientError');
    const { said, socket } = await sent(server, `${HEAD}content-length: 9000000\r\n\r\n${`${large}\n`.repeat(20)}`);
    await passed;
    const held = intake.kafka.held.length;
    expect(held).toBeGreaterThan(10);
    const closed = once(socket, 'close');
    intake.kafka.answer = () => undefined;
    for (const done of intake.kafka.held) done(undefined);
    await closed;
    expect(said()).toMatch(/^HTTP\/1\.1 408 /);
    expect(said()).toMatch(new RegExp(`"accepted":(${held}|1\\d|20),`));
  });
});
