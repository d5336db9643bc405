import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { internalOf } from '../client/kafkajs.js';

interface Connection {
  connect(): Promise<void>;
  isConnected(): boolean;
  send(exchange: object): Promise<unknown>;
  disconnect(): Promise<void>;
}

const Connection = internalOf('network/connection') as new (options: object) => Connection;
const createRequest = internalOf('protocol/requests/metadata/v1/request') as (options: object) => object;

const nothing = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const logger = { ...nothing, namespace: () => nothing };

describe('a connection of the client', () => {
  it('outlives its requests when a broker vanished without a word: our sockets end by themselves', async () => {
    const atServer: Socket[] = [];
    const server = createServer((socket) => void atServer.push(socket.resume()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connection = new Connection({
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      logger,
      connectionTimeout: 5_000,
      requestTimeout: 50,
      socketFactory: ({ host, port, onConnect }: { host: string; port: number; onConnect: () => void }) =>
        connect({ host, port }, onConnect),
    });
    await connection.connect();
    const asking = connection.send({ request: createRequest({ topics: [] }), response: {} });
    await expect(asking).rejects.toMatchObject({ name: 'KafkaJSRequestTimeoutError' });
    // When this fails, the watch on our sockets can go.
    expect(connection.isConnected()).toBe(true);
    await connection.disconnect();
    for (const socket of atServer) socket.destroy();
    server.close();
  });
});

describe('the module of the client', () => {
  it('does not name its codecs to native modules: we take its default export', async () => {
    const script = "import * as client from 'kafkajs'; process.stdout.write(Object.keys(client).join())";
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout.split(',')).toContain('Kafka');
    expect(stdout.split(',')).not.toContain('CompressionCodecs');
  });
});
