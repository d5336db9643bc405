import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import {
  after,
  endlessBody,
  informational,
  ok,
  raw,
  Receiver,
  redirect,
  slowBody,
  status,
  truncatedBody,
  unfinishedBody,
} from '../../support/receiver.js';
import type { Answer } from '../../support/answers.js';
import { egressWorld, metricValue } from './egress-world.js';

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

describe('an answer', () => {
  it('comes back with status, headers, excerpt and address; the request arrives as it was given', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([
      status(201, { 'x-one': 'a', 'content-type': 'text/plain' }, 'thänks'),
    ]);
    const result = await world.post(`${receiver.url}hook?tenant=7`, {
      body: '{"a":"é"}',
      headers: { 'x-mine': 'yes' },
    });
    expect(result).toMatchObject({
      kind: 'response',
      status: 201,
      excerpt: 'thänks',
      address: '127.0.0.1',
      connectionReused: false,
      headers: { 'x-one': 'a', 'content-type': 'text/plain' },
    });
    const [request] = receiver.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/hook?tenant=7' });
    expect(request?.body.toString()).toBe('{"a":"é"}');
    expect(request?.headers).toMatchObject({
      'x-mine': 'yes',
      'content-length': '10',
      host: `localhost:${receiver.port}`,
    });
  });

  it.each([301, 302, 303, 307, 308] as const)('%d is an answer, and is not followed', async (code) => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([redirect('/elsewhere', code)]);
    const result = await world.post(receiver.url);
    expect(result).toMatchObject({ kind: 'response', status: code, headers: { location: '/elsewhere' } });
    expect(receiver.requests).toHaveLength(1);
  });

  it.each([204, 404, 410, 429, 500, 503])('%d is an answer like any other', async (code) => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([status(code, { 'retry-after': '2' }, '')]);
    const expected = { kind: 'response', status: code, excerpt: '', headers: { 'retry-after': '2' } };
    expect(await world.post(receiver.url)).toMatchObject(expected);
  });

  it('joins repeated headers', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([
      ({ response }) => {
        response.writeHead(200, [
          ['x-twice', 'one'],
          ['x-twice', 'two'],
        ]);
        response.end();
      },
    ]);
    expect(await world.post(receiver.url)).toMatchObject({ headers: { 'x-twice': 'one, two' } });
  });

  it('is not what informational answers say', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([informational(3, status(202))]);
    expect(await world.post(receiver.url)).toMatchObject({ kind: 'response', status: 202 });
  });

  it.each([
    ['with the answer behind it', (answer: string) => [CONTINUE + answer]],
    ['twice', (answer: string) => [CONTINUE + CONTINUE + answer]],
    ['and the answer later', (answer: string) => [CONTINUE, answer]],
    ['and other informational answers', (answer: string) => [CONTINUE, `HTTP/1.1 103 Hints\r\n\r\n${answer}`]],
  ])('is not what "continue" says, which nobody asked for: %s', async (_how, piecesOf) => {
    await using world = await egressWorld();
    const [first = '', ...later] = piecesOf('HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nok');
    const answer: Answer = (exchange) => {
      raw(first)(exchange);
      for (const piece of later) after(50, raw(piece))(exchange);
    };
    await using receiver = await Receiver.listen([answer, answer]);
    const reused = [false, true].map((connectionReused) => ({
      kind: 'response',
      status: 202,
      excerpt: 'ok',
      connectionReused,
    }));
    for (const result of reused) expect(await world.post(receiver.url)).toMatchObject(result);
  });

  it('never decompresses: the excerpt is of the bytes that came', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([status(200, { 'content-encoding': 'gzip' }, 'not really gzip')]);
    expect(await world.post(receiver.url)).toMatchObject({ kind: 'response', excerpt: 'not really gzip' });
  });
});

describe('a body', () => {
  it.each([200, 500])('that never ends is cut at the time limit, and the status %d still decides', async (code) => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([unfinishedBody('so far', code)]);
    const result = await world.post(receiver.url, { timeoutMs: 2_500 });
    expect(result).toMatchObject({ kind: 'response', status: code, excerpt: 'so far' });
    expect(result.latencyMs).toBeGreaterThanOrEqual(2_499);
  });

  it('that is too long is read to the limit and no further', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([endlessBody(), ok()]);
    const result = await world.post(receiver.url);
    expect(result).toMatchObject({ kind: 'response', status: 200, excerpt: 'x'.repeat(4_096) });
    expect(await world.post(receiver.url)).toMatchObject({ status: 200, connectionReused: false });
  });

  it.each([
    [100, 'x'.repeat(5_000), 'x'.repeat(100)],
    [101, 'é'.repeat(2_500), 'é'.repeat(50)],
    [5, '€'.repeat(2_000), '€'],
    [10, Buffer.alloc(5_000, 0xff), '\ufffd'.repeat(3)],
    [3, Buffer.alloc(3, 0xff), '\ufffd'],
    [0, 'x', ''],
  ])('of which %d bytes are read has no more in its excerpt', async (maxResponseBytes, body, excerpt) => {
    await using world = await egressWorld({ maxResponseBytes });
    await using receiver = await Receiver.listen([({ response }) => response.end(body)]);
    expect(await world.post(receiver.url)).toMatchObject({ kind: 'response', status: 200, excerpt });
  });

  it('of exactly the limit keeps the connection', async () => {
    await using world = await egressWorld({ maxResponseBytes: 1_000 });
    await using receiver = await Receiver.listen([ok('y'.repeat(1_000)), ok('y'.repeat(1_001)), ok()]);
    const reused = [];
    for (let index = 0; index < 3; index++) reused.push((await world.post(receiver.url)).connectionReused);
    expect(reused).toEqual([false, true, false]);
  });

  it('in pieces is put together', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([slowBody(['one ', 'two ', 'three'], 5)]);
    expect(await world.post(receiver.url)).toMatchObject({ status: 200, excerpt: 'one two three' });
  });

  it('that is cut off does not change what the status said', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([truncatedBody('half of')]);
    expect(await world.post(receiver.url)).toMatchObject({ kind: 'response', status: 200, excerpt: 'half of' });
  });
});

describe('connections', () => {
  it('are kept and used again: many requests, one handshake', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen();
    for (let index = 0; index < 20; index++)
      expect(await world.post(receiver.url)).toMatchObject({ status: 200, connectionReused: index > 0 });
    expect(receiver.connectionCount).toBe(1);
  });

  it('are shared by all URLs of one origin', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen();
    await world.post(`${receiver.url}one`);
    await world.post(`${receiver.url}two`);
    expect(receiver.connectionCount).toBe(1);
    expect(await metricValue(world.metrics, 'fleethook_egress_origins')).toBe(1);
  });

  it('never exceed the bound per origin; what waits is served in order', async () => {
    await using world = await egressWorld({ maxConnectionsPerOrigin: 3 });
    await using receiver = await Receiver.listen([after(5, ok())]);
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, index) => world.post(receiver.url, { body: `{"prn":"${index}"}` })),
    );
    expect(results.every((result) => result.kind === 'response')).toBe(true);
    expect(receiver.connectionCount).toBeLessThanOrEqual(3);
    const numbers = receiver.prns().map(Number);
    // Three at a time: nobody is overtaken by more than the two others that are under way.
    for (const [position, number] of numbers.entries()) expect(Math.abs(position - number)).toBeLessThanOrEqual(3);
  });

  it('are closed when too many lie idle, the oldest first', async () => {
    await using world = await egressWorld({ maxIdleConnections: 2 });
    await using one = await Receiver.listen();
    await using two = await Receiver.listen();
    await using three = await Receiver.listen();
    for (const receiver of [one, two, three]) await world.post(receiver.url);
    await eventually(() => expect(one.openConnections).toBe(0), { withinMs: 20_000 });
    expect(await world.post(three.url)).toMatchObject({ connectionReused: true });
    expect(await world.post(two.url)).toMatchObject({ connectionReused: true });
    expect(await world.post(one.url)).toMatchObject({ connectionReused: false });
  });
});
