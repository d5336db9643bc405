import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createMetrics } from '@fleethook/observability';
import { DnsResolver } from './dns-resolver.js';
import type { Lookups } from './lookups.js';

const dnsError = (code: string) => Object.assign(new Error(`query ${code}`), { code });
const fails = (code: string) => () => Promise.reject(dnsError(code));
const answers =
  (address: string, ttl = 60) =>
  () =>
    Promise.resolve([{ address, ttl }]);
const never = () => new Promise<never>(() => {});

function lookups(overrides: Partial<Lookups>): jest.Mocked<Lookups> {
  return {
    resolve4: jest.fn(overrides.resolve4 ?? fails('ENODATA')),
    resolve6: jest.fn(overrides.resolve6 ?? fails('ENODATA')),
    system: jest.fn(overrides.system ?? fails('ENOTFOUND')),
  };
}

let metrics = createMetrics();
let startedAtMs = 0;

/** To so many milliseconds after the beginning. */
const advanceTo = (ms: number): void => jest.advanceTimersByTime(startedAtMs + ms - performance.now());

beforeEach(() => {
  metrics = createMetrics();
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  startedAtMs = performance.now();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('a look-up', () => {
  it('gives both families, IPv4 first', async () => {
    const resolver = new DnsResolver(
      metrics,
      lookups({ resolve4: answers('192.0.2.1'), resolve6: answers('2001:db8::1') }),
    );
    expect(await resolver.resolve('example.com')).toEqual(['192.0.2.1', '2001:db8::1']);
  });

  it('does not wait long for the family that does not answer', async () => {
    const resolver = new DnsResolver(metrics, lookups({ resolve4: answers('192.0.2.1'), resolve6: never }));
    const found = resolver.resolve('example.com');
    await jest.advanceTimersByTimeAsync(60);
    expect(await found).toEqual(['192.0.2.1']);
  });

  it('waits for the family that may have an address', async () => {
    const late = Promise.withResolvers<{ address: string; ttl: number }[]>();
    const resolver = new DnsResolver(metrics, lookups({ resolve6: () => late.promise }));
    const found = resolver.resolve('example.com');
    await jest.advanceTimersByTimeAsync(1_000);
    late.resolve([{ address: '2001:db8::1', ttl: 9 }]);
    expect(await found).toEqual(['2001:db8::1']);
  });

  it('waits for IPv4, however soon IPv6 is there', async () => {
    const late = Promise.withResolvers<{ address: string; ttl: number }[]>();
    const resolver = new DnsResolver(
      metrics,
      lookups({ resolve4: () => late.promise, resolve6: answers('2001:db8::1') }),
    );
    const found = resolver.resolve('example.com');
    await jest.advanceTimersByTimeAsync(1_000);
    late.resolve([{ address: '192.0.2.1', ttl: 9 }]);
    expect(await found).toEqual(['192.0.2.1', '2001:db8::1']);
  });

  it('is one, however many ask at the same time', async () => {
    const made = lookups({ resolve4: answers('192.0.2.1') });
    const resolver = new DnsResolver(metrics, made);
    await Promise.all(Array.from({ length: 100 }, () => resolver.resolve('example.com')));
    expect(made.resolve4).toHaveBeenCalledTimes(1);
  });

  it.each(['localhost', 'localhost.', 'api.localhost'])('of %s asks nobody', async (name) => {
    const made = lookups({});
    expect(await new DnsResolver(metrics, made).resolve(name)).toEqual(['127.0.0.1', '::1']);
    expect(made.resolve4).not.toHaveBeenCalled();
  });

  it.each([
    ['what DNS does not know', 'ENOTFOUND'],
    ['anything when there is no DNS', 'ECONNREFUSED'],
  ])('asks the system for %s', async (_, code) => {
    const made = lookups({ resolve4: fails(code), resolve6: fails(code), system: () => Promise.resolve(['10.1.2.3']) });
    expect(await new DnsResolver(metrics, made).resolve('printer')).toEqual(['10.1.2.3']);
  });

  it.each(['ETIMEOUT', 'ESERVFAIL', 'EREFUSED'])('does not trouble the system when DNS fails: %s', async (code) => {
    const made = lookups({ resolve4: fails(code), resolve6: fails('ENODATA') });
    await expect(new DnsResolver(metrics, made).resolve('example.com')).rejects.toMatchObject({ code });
    expect(made.system).not.toHaveBeenCalled();
  });
});

describe('what was found', () => {
  it.each([
    ['its TTL', 10, 9_000, 11_000],
    ['30 s when its TTL is longer', 86_400, 29_000, 31_000],
    ['1 s when its TTL is 0', 0, 900, 1_100],
  ])('is kept for %s', async (_, ttl, beforeMs, afterMs) => {
    const made = lookups({ resolve4: answers('192.0.2.1', ttl) });
    const resolver = new DnsResolver(metrics, made);
    await resolver.resolve('example.com');
    advanceTo(beforeMs);
    await resolver.resolve('example.com');
    expect(made.resolve4).toHaveBeenCalledTimes(1);
    advanceTo(afterMs);
    await resolver.resolve('example.com');
    expect(made.resolve4).toHaveBeenCalledTimes(2);
  });

  it('is used for 5 min more when DNS goes away, but not when the name does', async () => {
    const made = lookups({ resolve4: answers('192.0.2.1', 1) });
    const resolver = new DnsResolver(metrics, made);
    await resolver.resolve('example.com');
    made.resolve4.mockImplementation(fails('ETIMEOUT'));
    advanceTo(200_000);
    expect(await resolver.resolve('example.com')).toEqual(['192.0.2.1']);
    advanceTo(310_000);
    await expect(resolver.resolve('example.com')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    made.resolve4.mockImplementation(answers('192.0.2.1', 1));
    advanceTo(320_000);
    await resolver.resolve('example.com');
    made.resolve4.mockImplementation(fails('ENOTFOUND'));
    advanceTo(330_000);
    await expect(resolver.resolve('example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('is used for the family that DNS cannot tell now, and for that one only', async () => {
    const made = lookups({ resolve4: answers('192.0.2.1', 1), resolve6: answers('2001:db8::1', 1) });
    const resolver = new DnsResolver(metrics, made);
    await resolver.resolve('example.com');
    made.resolve4.mockImplementation(fails('ESERVFAIL'));
    made.resolve6.mockImplementation(answers('2001:db8::2', 60));
    advanceTo(2_000);
    expect(await resolver.resolve('example.com')).toEqual(['192.0.2.1', '2001:db8::2']);
    // What is not whole is asked for again soon, and grows no younger by that.
    advanceTo(8_000);
    await resolver.resolve('example.com');
    expect(made.resolve4).toHaveBeenCalledTimes(3);
    advanceTo(302_000);
    expect(await resolver.resolve('example.com')).toEqual(['2001:db8::2']);
  });

  it('is asked for again soon when one family was not waited for', async () => {
    const made = lookups({ resolve4: answers('192.0.2.1'), resolve6: never });
    const resolver = new DnsResolver(metrics, made);
    const found = resolver.resolve('example.com');
    await jest.advanceTimersByTimeAsync(60);
    await found;
    made.resolve6.mockImplementation(answers('2001:db8::1'));
    advanceTo(2_000);
    expect(await resolver.resolve('example.com')).toEqual(['192.0.2.1', '2001:db8::1']);
  });

  describe('while the answer for IPv6 is always late', () => {
    let made: jest.Mocked<Lookups>;
    let resolver: DnsResolver;

    beforeEach(() => {
      made = lookups({ resolve4: answers('192.0.2.1', 20), resolve6: never });
      resolver = new DnsResolver(metrics, made);
    });

    async function resolveAt(ms: number): Promise<readonly string[]> {
      advanceTo(ms);
      const found = resolver.resolve('example.com');
      await jest.advanceTimersByTimeAsync(60);
      return found;
    }

    it('is kept for its TTL from the second time on', async () => {
      await resolveAt(0);
      await resolveAt(1_100);
      await resolveAt(20_000);
      expect(made.resolve4).toHaveBeenCalledTimes(2);
      await resolveAt(21_500);
      await resolveAt(41_000);
      expect(made.resolve4).toHaveBeenCalledTimes(3);
      // Once it was in time, being late is news again.
      made.resolve6.mockImplementation(answers('2001:db8::1', 20));
      await resolveAt(42_000);
      made.resolve6.mockImplementation(never);
      await resolveAt(63_000);
      await resolveAt(64_500);
      expect(made.resolve4).toHaveBeenCalledTimes(6);
    });

    it('is used for 5 min more when DNS goes away', async () => {
      await resolveAt(0);
      await resolveAt(100_000);
      made.resolve4.mockImplementation(fails('ETIMEOUT'));
      made.resolve6.mockImplementation(fails('ETIMEOUT'));
      expect(await resolveAt(390_000)).toEqual(['192.0.2.1']);
      advanceTo(410_000);
      await expect(resolver.resolve('example.com')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    });

    it('has the IPv6 addresses of before, for 5 min from when they were told', async () => {
      made.resolve6.mockImplementation(answers('2001:db8::1', 20));
      await resolveAt(0);
      made.resolve6.mockImplementation(never);
      for (const atMs of [100_000, 200_000, 290_000])
        expect(await resolveAt(atMs)).toEqual(['192.0.2.1', '2001:db8::1']);
      expect(await resolveAt(320_000)).toEqual(['192.0.2.1']);
    });
  });

  it('is not kept longer when the clock is set back', async () => {
    const made = lookups({ resolve4: answers('192.0.2.1', 10) });
    const resolver = new DnsResolver(metrics, made);
    await resolver.resolve('example.com');
    jest.setSystemTime(Date.now() - 3_600_000);
    advanceTo(11_000);
    await resolver.resolve('example.com');
    expect(made.resolve4).toHaveBeenCalledTimes(2);
  });

  it('a failure is remembered for 5 s', async () => {
    const made = lookups({ resolve4: fails('ESERVFAIL') });
    const resolver = new DnsResolver(metrics, made);
    for (const atMs of [0, 4_000]) {
      advanceTo(atMs);
      await expect(resolver.resolve('example.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    }
    expect(made.resolve4).toHaveBeenCalledTimes(1);
    made.resolve4.mockImplementation(answers('192.0.2.1'));
    advanceTo(6_000);
    expect(await resolver.resolve('example.com')).toEqual(['192.0.2.1']);
  });
});
