import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { watchedSocketFactory } from './watched-socket.js';

const SILENCE_MS = 100;
const JOIN_MS = 300;

const request = (apiKey: number): Buffer => Buffer.from([0, 0, 0, 4, 0, apiKey, 0, 5]);

describe('watched socket', () => {
  let server: Server;
  let atServer: Socket[];
  let opened: Socket[];

  beforeEach(async () => {
    atServer = [];
    opened = [];
    server = createServer((socket) => {
      atServer.push(socket);
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        if (bytes.includes('ask')) socket.write('answer');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    for (const socket of [...opened, ...atServer]) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  async function open(): Promise<Socket> {
    const { port } = server.address() as AddressInfo;
    const socket = watchedSocketFactory({ answerMs: SILENCE_MS, joinMs: JOIN_MS })({
      host: '127.0.0.1',
      port,
      ssl: undefined as never,
      onConnect: () => {},
    });
    opened.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  it('ends when nothing comes back, however much is still written', async () => {
    const socket = await open();
    const writing = setInterval(() => socket.write('silence'), SILENCE_MS / 5);
    const [error] = (await once(socket, 'error')) as [Error];
    clearInterval(writing);
    expect(error.message).toContain(`has not answered for ${SILENCE_MS} ms`);
    expect(socket.destroyed).toBe(true);
  });

  it.each([
    ['fetch', 1, SILENCE_MS],
    ['heartbeat', 12, SILENCE_MS],
    ['join', 11, JOIN_MS],
    ['sync', 14, JOIN_MS],
  ])('waits for the answer to a %s for its own time', async (_, apiKey, limitMs) => {
    const socket = await open();
    socket.write(request(apiKey));
    // What is asked behind it is answered behind it.
    socket.write(request(12));
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain(`has not answered for ${limitMs} ms`);
  });

  it('stays when every question was answered and then nobody asks', async () => {
    const idle = await open();
    idle.write('ask');
    await once(idle, 'data');
    // A second socket that is asked in vain ends later than the first would have.
    const other = await open();
    other.write('silence');
    await once(other, 'error');
    expect(idle.destroyed).toBe(false);
  });
});
