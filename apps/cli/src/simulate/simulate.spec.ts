import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newOrganizationPrn } from '@fleethook/events';
import { bareHost } from '../running/bare-host.js';
import { CliError } from '../running/cli-error.js';
import { Invocation } from '../running/invocation.js';
import { simulate, type SimulateOptions } from './simulate.js';

/** Both the Admin API, which is asked whose key it is, and an intake that takes all. */
let server: Server;
let onTaken: () => void = () => undefined;
beforeAll(async () => {
  const organization = newOrganizationPrn();
  server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/users/me') {
      response.end(JSON.stringify({ data: { organization_prn: organization } }));
      return;
    }
    void request.toArray().then((chunks) => {
      const lines = Buffer.concat(chunks as Buffer[])
        .toString()
        .trimEnd()
        .split('\n');
      const events = lines.map((_, index) => ({ index, prn: `prn:${index}` }));
      response.writeHead(202).end(JSON.stringify({ events, rejected: [] }));
      onTaken();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const options: SimulateOptions = {
  devices: 2,
  rate: 1_000,
  duration: 3_600_000,
  burstEvery: 30_000,
  authFailures: 0,
  prefix: 'sim',
  batch: 5,
  unpaced: true,
};

function invocation(signal: AbortSignal): { invocation: Invocation; said: string[] } {
  const said: string[] = [];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const host = { ...bareHost({ write: (text) => void said.push(text), isTerminal: false, columns: 80 }), signal };
  return {
    invocation: new Invocation(host, { url, ingestUrl: url, apiKey: 'fhk_key', color: false, json: true }),
    said,
  };
}

describe('simulate', () => {
  it('is interrupted by Ctrl-C, and says what was sent', async () => {
    const controller = new AbortController();
    const { invocation: one, said } = invocation(controller.signal);
    onTaken = () => controller.abort(new CliError('interrupted', ''));
    await expect(simulate(one, options)).resolves.toBe('interrupted');
    expect(JSON.parse(said.join(''))).toMatchObject({ rejected: 0, not_taken: 0 });
  });

  it('ends well when all is sent', async () => {
    onTaken = () => undefined;
    const { invocation: one, said } = invocation(new AbortController().signal);
    await expect(simulate(one, { ...options, events: 12 })).resolves.toBe('ok');
    expect(JSON.parse(said.join(''))).toMatchObject({ accepted: 12, rejected: 0, not_taken: 0 });
  });
});
