import { describe, expect, it } from '@jest/globals';
import type { HostResolver } from '@fleethook/egress';
import { ConnectProxy, type ProxyAnswer } from '../../support/connect-proxy.js';
import { ok, Receiver } from '../../support/receiver.js';
import { egressWorld } from './egress-world.js';

const resolverOf = (names: Readonly<Record<string, readonly string[]>>): HostResolver => ({
  resolve: (name) => Promise.resolve(names[name] ?? []),
});

const throughProxy = (proxy: ConnectProxy) => ({ proxy: `http://us%40er:p%3Aw@127.0.0.1:${proxy.port}` });

const askedHosts = (proxy: ConnectProxy) => proxy.asked.map(({ target }) => target.split(':')[0]);
const byName = ({ port }: ConnectProxy) => ({ proxy: `http://proxy.example:${port}` });

describe('deliveries through a proxy', () => {
  it('reach the endpoint over kept-alive connections, verified as without one', async () => {
    await using proxy = await ConnectProxy.listen();
    await using receiver = await Receiver.listen();
    receiver.answer('/hook', [ok()]);
    await using world = await egressWorld(throughProxy(proxy));
    for (const connectionReused of [false, true])
      expect(await world.post(`${receiver.url}/hook`)).toMatchObject({
        status: 200,
        address: '127.0.0.1',
        connectionReused,
      });
    // The address that was checked, not the name: the proxy looks nothing up.
    expect(proxy.asked).toEqual([
      {
        target: `127.0.0.1:${new URL(receiver.url).port}`,
        authorization: `Basic ${Buffer.from('us@er:p:w').toString('base64')}`,
      },
    ]);
  });

  it('are not asked for where the address may not be called', async () => {
    await using proxy = await ConnectProxy.listen();
    await using world = await egressWorld({ ...throughProxy(proxy), allowCidrs: [] });
    expect(await world.post('https://127.0.0.1/hook')).toMatchObject({ failure: 'address_blocked' });
    expect(proxy.asked).toEqual([]);
  });

  it('do not reach an endpoint whose certificate is not for its name', async () => {
    await using proxy = await ConnectProxy.listen();
    await using receiver = await Receiver.listen();
    await using world = await egressWorld({
      ...throughProxy(proxy),
      resolver: { resolve: () => Promise.resolve(['127.0.0.1']) },
    });
    const { port } = new URL(receiver.url);
    expect(await world.post(`https://other.example:${port}/hook`)).toMatchObject({ failure: 'tls', stage: 'tls' });
  });

  it.each<[ProxyAnswer, string]>([
    [407, 'proxy'],
    [403, 'proxy'],
    [503, 'proxy'],
    ['hang up', 'proxy'],
    // It could not reach the endpoint, or had no answer from it: so it would be without a proxy.
    [502, 'connection_refused'],
    [504, 'timeout'],
    [[503, 'X-Squid-Error: ERR_CONNECT_FAIL 111'], 'connection_refused'],
    [[503, 'X-Squid-Error: ERR_CONNECT_FAIL 110'], 'timeout'],
    [[503, 'Proxy-Status: squid; error=destination_ip_unroutable'], 'connection_refused'],
    [[502, 'Proxy-Status: p; error=proxy_configuration_error'], 'proxy'],
    ['silent', 'timeout'],
  ])('say whose failure it is: %s is %s', async (answer, failure) => {
    await using proxy = await ConnectProxy.listen();
    proxy.answer = answer;
    await using world = await egressWorld({ ...throughProxy(proxy), connectTimeoutMs: 2_500 });
    expect(await world.post('https://localhost/hook')).toMatchObject({ kind: 'failure', failure, stage: 'connect' });
  });

  it('say whose failure it is when it is their own time limit that is over', async () => {
    await using proxy = await ConnectProxy.listen();
    proxy.answer = 'silent';
    const neverFound: HostResolver = {
      resolve: (name) => (name === 'localhost' ? Promise.resolve(['127.0.0.1']) : new Promise(() => {})),
    };
    await using notAsked = await egressWorld({ ...byName(proxy), resolver: neverFound });
    await using asked = await egressWorld(throughProxy(proxy));
    const limit = { timeoutMs: 2_500 };
    const [proxys, endpoints] = await Promise.all([
      notAsked.post('https://localhost/hook', limit),
      asked.post('https://localhost/hook', limit),
    ]);
    expect(proxys).toMatchObject({ failure: 'proxy', stage: 'connect' });
    expect(endpoints).toMatchObject({ failure: 'timeout', stage: 'connect' });
  });

  it('say that nothing is known of the endpoint when the proxy is away', async () => {
    const proxy = await ConnectProxy.listen();
    const options = throughProxy(proxy);
    await proxy[Symbol.asyncDispose]();
    await using world = await egressWorld(options);
    expect(await world.post('https://localhost/hook')).toMatchObject({ failure: 'proxy', stage: 'connect' });
  });

  describe('to an endpoint of several addresses', () => {
    const [first, second] = ['127.0.0.2', '127.0.0.1'];
    const resolver = resolverOf({ localhost: [first, second] });

    it.each<ProxyAnswer>([502, 504, [503, 'X-Squid-Error: ERR_CONNECT_FAIL 113']])(
      'go on to the next one: %s',
      async (answer) => {
        await using proxy = await ConnectProxy.listen();
        proxy.answersFor.set(first, answer);
        await using receiver = await Receiver.listen([ok()]);
        await using world = await egressWorld({ ...throughProxy(proxy), resolver });
        expect(await world.post(receiver.url)).toMatchObject({ status: 200, address: second });
        expect(askedHosts(proxy)).toEqual([first, second]);
      },
    );

    it('say of all what the first one did', async () => {
      await using proxy = await ConnectProxy.listen();
      proxy.answersFor.set(first, 504).set(second, 502);
      await using world = await egressWorld({ ...throughProxy(proxy), resolver });
      expect(await world.post('https://localhost/hook')).toMatchObject({ failure: 'timeout', address: first });
      expect(askedHosts(proxy)).toEqual([first, second]);
    });

    it('try no other one when the proxy fails', async () => {
      await using proxy = await ConnectProxy.listen();
      proxy.answer = 407;
      await using world = await egressWorld({ ...throughProxy(proxy), resolver });
      expect(await world.post('https://localhost/hook')).toMatchObject({ failure: 'proxy' });
      expect(askedHosts(proxy)).toEqual([first]);
    });

    it('have one time limit for all', async () => {
      await using proxy = await ConnectProxy.listen();
      proxy.answersFor.set(first, 502).set(second, 'silent');
      await using world = await egressWorld({ ...throughProxy(proxy), resolver, connectTimeoutMs: 1_000 });
      expect(await world.post('https://localhost/hook')).toMatchObject({ failure: 'timeout', stage: 'connect' });
      expect(askedHosts(proxy)).toEqual([first, second]);
    });
  });

  describe('whose name has several addresses', () => {
    it('find the one that it listens on', async () => {
      await using proxy = await ConnectProxy.listen();
      await using receiver = await Receiver.listen([ok()]);
      const resolver = resolverOf({ localhost: ['127.0.0.1'], 'proxy.example': ['127.0.0.2', '127.0.0.1'] });
      await using world = await egressWorld({ ...byName(proxy), resolver });
      expect(await world.post(receiver.url)).toMatchObject({ status: 200, address: '127.0.0.1' });
    });

    it.each([
      ['none', []],
      ['two, where it is not', ['127.0.0.2', '127.0.0.3']],
    ])('say that it is the proxy when it has %s', async (_, addresses) => {
      await using proxy = await ConnectProxy.listen();
      const resolver = resolverOf({ localhost: ['127.0.0.1'], 'proxy.example': addresses });
      await using world = await egressWorld({ ...byName(proxy), resolver });
      expect(await world.post('https://localhost/hook')).toMatchObject({ failure: 'proxy', stage: 'connect' });
    });
  });
});
