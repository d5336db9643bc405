import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { runInThisContext } from 'node:vm';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { HostResolver } from '@fleethook/egress';
import { certificates } from '../../support/certificates.js';
import { eventually } from '../../support/eventually.js';
import { RawReceiver } from '../../support/raw-receiver.js';
import { ok, Receiver } from '../../support/receiver.js';
import { egressWorld } from './egress-world.js';

const FINE = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
const CLOSING = 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';

/** Jest gives each spec a copy, which Node's own modules do not look at. */
const environment = runInThisContext('process.env') as NodeJS.ProcessEnv;

/** How far the wall clock is off from now on. */
function setClock(byMs: number): void {
  jest.restoreAllMocks();
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + byMs);
}

/** Gives each look-up the next answer, the last one again and again. */
class ChangingResolver implements HostResolver {
  asked = 0;

  constructor(private readonly answers: readonly (readonly string[])[]) {}

  resolve(): Promise<readonly string[]> {
    return Promise.resolve(this.answers[Math.min(this.asked++, this.answers.length - 1)] ?? []);
  }
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('the address that was checked is the one that is dialled (promise 12)', () => {
  it('of a name that leads to good and bad ones, only a good one', async () => {
    await using receiver = await RawReceiver.listen(() => CLOSING);
    for (const addresses of [
      ['10.0.0.1', '127.0.0.1'],
      ['127.0.0.1', '169.254.169.254'],
      ['::ffff:127.0.0.1', '64:ff9b::7f00:1', 'fe80::1', '127.0.0.1', '::1'],
    ]) {
      await using world = await egressWorld({ resolver: new ChangingResolver([addresses]), connectTimeoutMs: 2_000 });
      expect(await world.post(receiver.url)).toMatchObject({
        status: 200,
        address: '127.0.0.1',
      });
    }
  });

  it('a name that changes is looked up and checked for every connection, once', async () => {
    await using receiver = await RawReceiver.listen(() => CLOSING);
    const resolver = new ChangingResolver([['127.0.0.1'], ['127.0.0.1'], ['10.0.0.1'], ['::1'], ['not-an-address']]);
    await using world = await egressWorld({ resolver });
    const { url } = receiver;
    for (let connection = 1; connection <= 2; connection++)
      expect(await world.post(url)).toMatchObject({ status: 200, address: '127.0.0.1' });
    for (const address of ['10.0.0.1', '::1', 'not-an-address']) {
      const result = await world.post(url);
      expect(result).toMatchObject({ failure: 'address_blocked', stage: 'dns', address: undefined });
      expect(result.kind === 'failure' && result.detail).toContain(address);
    }
    expect(resolver.asked).toBe(5);
    expect(receiver.connectionCount).toBe(2);
  });

  it.each([
    ['goes right', 0],
    ['is set back', -3_600_000],
    ['is set forward', 3_600_000],
  ])(
    'a connection is not used for longer than its age, so that a new address is gone to: the clock %s',
    async (_, byMs) => {
      await using receiver = await RawReceiver.listen(() => FINE);
      const maxConnectionAgeMs = 50;
      await using world = await egressWorld({ maxConnectionAgeMs });
      for (let sent = 0; sent < 3; sent++) {
        expect(await world.post(receiver.url)).toMatchObject({ status: 200, connectionReused: false });
        setClock(byMs);
        // As a rule it was young when its answer came, and has grown old while it was idle.
        const answeredAtMs = performance.now();
        await eventually(() => expect(performance.now() - answeredAtMs).toBeGreaterThan(maxConnectionAgeMs), {
          withinMs: 1_000,
        });
      }
      await using young = await egressWorld();
      setClock(0);
      await young.post(receiver.url);
      setClock(byMs);
      expect(await young.post(receiver.url)).toMatchObject({ connectionReused: true });
    },
  );

  it('a redirect leads nowhere', async () => {
    await using inner = await RawReceiver.listen(() => FINE);
    for (const code of [300, 301, 302, 303, 305, 307, 308]) {
      const head = `HTTP/1.1 ${code} Elsewhere\r\nlocation: ${inner.url}\r\nrefresh: 0; url=${inner.url}\r\n`;
      await using outer = await RawReceiver.listen(() => `${head}content-length: 0\r\n\r\n`);
      await using world = await egressWorld();
      expect(await world.post(outer.url)).toMatchObject({ kind: 'response', status: code });
    }
    expect(inner.connectionCount).toBe(0);
  });

  it('ports that are not allowed are not dialled', async () => {
    await using receiver = await RawReceiver.listen(() => FINE);
    await using world = await egressWorld({ ports: ['443', `1-${receiver.port - 1}`, `${receiver.port + 1}-65535`] });
    const result = await world.post(receiver.url);
    expect(result).toMatchObject({ failure: 'address_blocked', stage: 'dns' });
    expect(result.kind === 'failure' && result.detail).toContain(`port ${receiver.port}`);
    expect(receiver.connectionCount).toBe(0);
  });
});

describe('the environment', () => {
  it('names no proxy that is used, and does not turn certificates off', async () => {
    let proxied = 0;
    const proxy = createServer((socket) => {
      proxied++;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const variables = {
      HTTPS_PROXY: address,
      https_proxy: address,
      HTTP_PROXY: address,
      ALL_PROXY: address,
      NODE_USE_ENV_PROXY: '1',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    };
    const before = { ...environment };
    Object.assign(environment, variables);
    try {
      await using good = await Receiver.listen([ok()]);
      await using selfSigned = await Receiver.listen([ok()], { certificate: 'selfSigned' });
      await using world = await egressWorld();
      expect(await world.post(good.url)).toMatchObject({ status: 200 });
      expect(await world.post(selfSigned.url)).toMatchObject({ failure: 'tls' });
    } finally {
      for (const name of Object.keys(variables)) {
        if (before[name] === undefined) Reflect.deleteProperty(environment, name);
        else environment[name] = before[name];
      }
      proxy.close();
    }
    expect(proxied).toBe(0);
  });
});

describe('TLS', () => {
  it('names the host when it shakes hands, without a last dot, and no address', async () => {
    await using receiver = await RawReceiver.listen(() => CLOSING);
    await using world = await egressWorld({ resolver: new ChangingResolver([['127.0.0.1']]) });
    const { port } = receiver;
    for (const host of ['localhost', 'LOCALHOST.', '127.0.0.1', '0x7f.1'])
      expect(await world.post(`https://${host}:${port}/`)).toMatchObject({ status: 200 });
    expect(receiver.requests.map(({ servername }) => servername)).toEqual([
      'localhost',
      'localhost',
      undefined,
      undefined,
    ]);
  });

  it('checks an address against the certificate as well as a name', async () => {
    await using receiver = await Receiver.listen([ok()], { certificate: 'wrongName' });
    await using world = await egressWorld();
    expect(await world.post(`https://127.0.0.1:${receiver.port}/`)).toMatchObject({ failure: 'tls', stage: 'tls' });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'takes up no session of a certificate that it refused, and those that it took up again only with it: %s',
    async (maxVersion) => {
      const { wrongName } = await certificates();
      await using wrong = await RawReceiver.listen(() => CLOSING, { ...wrongName, maxVersion });
      await using right = await RawReceiver.listen(() => CLOSING, { maxVersion });
      await using world = await egressWorld();
      for (let attempt = 0; attempt < 3; attempt++) {
        expect(await world.post(wrong.url)).toMatchObject({ failure: 'tls', stage: 'tls' });
        expect(await world.post(right.url)).toMatchObject({ status: 200 });
      }
      expect(wrong.requests).toEqual([]);
      expect(right.requests.map(({ wasSessionResumed }) => wasSessionResumed)).toEqual([false, true, true]);
    },
  );

  it.each(['TLSv1', 'TLSv1.1'] as const)('is not spoken below 1.2: %s', async (maxTlsVersion) => {
    await using receiver = await Receiver.listen([ok()], { maxTlsVersion });
    await using world = await egressWorld();
    expect(await world.post(receiver.url)).toMatchObject({ failure: 'tls', stage: 'tls' });
  });
});
