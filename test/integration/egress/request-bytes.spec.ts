import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { checkUrl, DialPolicy, ownHeaderFaults } from '@fleethook/egress';
import { RawReceiver, type RawRequest } from '../../support/raw-receiver.js';
import { egressWorld } from './egress-world.js';

const FINE = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';

const LOOPBACK = new DialPolicy(['127.0.0.0/8']);

/** Header lines by name; a name that is there twice fails. */
function linesOf({ head }: RawRequest): Map<string, string> {
  const lines = new Map<string, string>();
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    expect(lines.has(name)).toBe(false);
    lines.set(name, line.slice(colon + 1).trim());
  }
  return lines;
}

const names = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'abcXYZ019-_.!~'.split('')), minLength: 1, maxLength: 12 }),
  fc.constantFrom(
    'content-length',
    'Transfer-Encoding',
    'host',
    'connection',
    'expect',
    'te',
    'x\r\ny',
    'a b',
    '__proto__',
  ),
);
const values = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    'chunked',
    '0',
    'x\r\n\r\nPOST /smuggled HTTP/1.1\r\nhost: y\r\n\r\n',
    'x\ny: z',
    'a\0b',
    ' x',
    '\u010d\u010a',
  ),
);
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(Buffer.from('0\r\n\r\nPOST /smuggled HTTP/1.1\r\ncontent-length: 0\r\n\r\n')),
);
const paths = fc.oneof(
  fc.webPath(),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => `/${text}`),
  fc.constantFrom('/a b', '/%0d%0aX: y', '/\r\nx: y', '/?a=b\\c', '//other.example/x', '/../../x', '/ HTTP/1.1'),
);

describe('one attempt is one request', () => {
  it('whatever its headers, its body and its path are made of', async () => {
    await using receiver = await RawReceiver.listen(() => FINE);
    await using world = await egressWorld();
    let sent = 0;
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, values, { maxKeys: 4 }), bodies, paths, async (own, body, path) => {
        const url = `https://localhost:${receiver.port}${path}`;
        // What the Admin API refuses is never stored, and so never sent.
        const headers = ownHeaderFaults(own).length === 0 ? own : {};
        if (headers === own) taken++;
        if (checkUrl(url, LOOPBACK) !== undefined) return;
        const result = await world.post(url, { headers: { ...headers, 'x-nonce': String(++sent) }, body });
        expect(result).toMatchObject({ kind: 'response', status: 200 });
        expect(receiver.requests).toHaveLength(sent);
        const request = receiver.requests.at(-1);
        if (request === undefined) return;
        expect(request.head).toMatch(/^POST \/[^\s]* HTTP\/1\.1\r\n/);
        expect(Buffer.from(request.body, 'latin1').equals(body)).toBe(true);
        const lines = linesOf(request);
        expect(lines.get('x-nonce')).toBe(String(sent));
        expect(lines.get('content-length')).toBe(String(body.length));
        expect(lines.has('transfer-encoding')).toBe(false);
        const expected = [...Object.keys(headers).map((name) => name.toLowerCase()), 'x-nonce'];
        const ours = ['host', 'connection', 'content-length'];
        expect([...lines.keys()].toSorted()).toEqual([...expected, ...ours].toSorted());
        for (const [name, value] of Object.entries(headers)) expect(lines.get(name.toLowerCase())).toBe(value);
      }),
      { numRuns: 250 },
    );
    expect(sent).toBeGreaterThan(150);
    expect(taken).toBeGreaterThan(40);
    expect(receiver.connectionCount).toBe(1);
  });

  it.each([
    { 'content-length': '0' },
    { 'transfer-encoding': 'chunked' },
    { connection: 'upgrade' },
    { upgrade: 'websocket' },
    { expect: '100-continue' },
    { 'x y': 'z' },
    { x: 'a\r\nb: c' },
    { x: 'a\0' },
  ])('even if the headers had not been checked: %j', async (headers) => {
    await using receiver = await RawReceiver.listen(() => FINE);
    await using world = await egressWorld();
    const [outcome] = await Promise.allSettled([world.post(receiver.url, { headers, body: '{}' })]);
    const refusal = outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : 'REQUEST_INVALID';
    expect(refusal).toBe('REQUEST_INVALID');
    for (const request of receiver.requests) {
      expect(request.body).toBe('{}');
      expect(linesOf(request).get('content-length')).toBe('2');
      expect(linesOf(request).has('transfer-encoding')).toBe(false);
    }
    expect(receiver.requests.length).toBeLessThanOrEqual(1);
  });
});
