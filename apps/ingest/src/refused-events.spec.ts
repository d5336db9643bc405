import { afterEach, describe, expect, it } from '@jest/globals';
import { gzipSync, zstdCompressSync, deflateSync, constants } from 'node:zlib';
import { newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import { configKey } from '@fleethook/messages';
import { IntakeConfiguration } from './intake-configuration.js';
import { Intake, closeIntakes, organization, text } from './testing/intake.js';

const KIB = 1_024;

afterEach(closeIntakes);

/** With fields before the device, as they are written. */
const raw = (inner: string): string => text().replace('"device":', `${inner},"device":`);

describe('POST /v1/events refuses', () => {
  it('refuses when nothing can be accepted, in the same form', async () => {
    const intake = await Intake.start();
    expect(await intake.post('[]')).toMatchObject({ status: 422, body: { accepted: 0, events: [], rejected: [] } });
    expect(await intake.lines('\n\n')).toMatchObject({ status: 422, body: { accepted: 0 } });
    expect(await intake.post(text({}, { type: 'gadget' }))).toMatchObject({
      status: 422,
      body: {
        accepted: 0,
        events: [],
        rejected: [{ index: 0, errors: { '/data/type': ['gadget.connected is not known; register it first'] } }],
      },
    });
    expect(intake.kafka.records).toEqual([]);
  });

  it('knows what the organization registered', async () => {
    const intake = await Intake.start();
    const door = JSON.stringify({ type: 'door', data: { type: 'opened', data: { floor: 3 } } });
    expect((await intake.post(door)).status).toBe(422);
    const type = {
      v: 1,
      kind: 'event_type',
      version: 1,
      organization,
      name: parseEventName('door.opened'),
      schema: { required: ['floor'] },
    } as const;
    intake.configure(type);
    expect((await intake.post(door)).status).toBe(202);
    expect(intake.kafka.records[0]?.key).toBe(organization);
    intake.app.value?.get(IntakeConfiguration).onRemove(configKey(type));
    expect((await intake.post(door)).status).toBe(422);
  });

  it.each<[string, string | Buffer]>([
    ['malformed JSON', '{"type":'],
    ['an empty body', ''],
    ['blanks', ' \n '],
    ['an array without an end', `[${text()}`],
    ['an array with a trailing comma', `[${text()},]`],
    ['an array with a comma too many', `[${text()},,${text()}]`],
    ['an array closed by a brace', `[${text()}}`],
    ['something after the array', `[${text()}] x`],
    ['something after the event', `${text()} ${text()}`],
    ['an array with a malformed item', `[${text()},{"type":}]`],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d])],
    ['UTF-16', Buffer.from(text(), 'utf16le')],
    ['an open string', '["'],
    ['an open escape', '["\\'],
    ['a NUL', '\0'],
  ])('answers 400 to %s, and takes nothing', async (_what, body) => {
    const intake = await Intake.start();
    const reply = await intake.post(body);
    expect(reply).toMatchObject({ status: 400, body: { errors: { detail: expect.stringMatching(/^The request /) } } });
    expect(intake.kafka.records).toEqual([]);
  });

  it('names places, not only faults', async () => {
    const intake = await Intake.start();
    const nested = `"n":${'['.repeat(100)}${']'.repeat(100)}`;
    const reply = await intake.post(
      `[${raw('"a":1,"a":2')},${raw('"n":9007199254740993')},${raw(nested)},${raw('"__proto__":{"x":1}')},${raw('"s":"\\ud800"')},${raw('"n":1e400')},${text({}, { prn: newPrn(newOrganizationPrn(), 'event') })}]`,
    );
    expect(reply.body.events?.map(({ index }) => index)).toEqual([3]);
    expect(reply.body.rejected?.map(({ errors }) => Object.keys(errors))).toEqual([
      ['/data/data/a'],
      ['/data/data/n'],
      [''],
      ['/data/data/s'],
      ['/data/data/n'],
      ['/prn'],
    ]);
  });

  it.each([
    ['gzip', gzipSync(text()).subarray(0, -6)],
    ['gzip', Buffer.from(text())],
    ['gzip', Buffer.concat([gzipSync(text()), Buffer.from('garbage')])],
    ['gzip', Buffer.alloc(0)],
    ['zstd', zstdCompressSync(text()).subarray(0, -6)],
    ['zstd', Buffer.from(text())],
    ['zstd', Buffer.concat([zstdCompressSync(text()), Buffer.from('garbage')])],
    ['zstd', Buffer.alloc(0)],
    // A window of 128 MiB would be memory for the asking.
    ['zstd', zstdCompressSync(Buffer.alloc(9_000_000), { params: { [constants.ZSTD_c_windowLog]: 27 } })],
  ])('answers 400 to a body that is not whole and valid %s', async (encoding, body) => {
    const intake = await Intake.start();
    expect((await intake.post(body, { 'content-encoding': encoding })).status).toBe(400);
    expect(intake.kafka.records).toEqual([]);
  });

  it.each([gzipSync(Buffer.alloc(30_000_000, 0x20)), zstdCompressSync(Buffer.alloc(30_000_000, 0x20))])(
    'stops at the bound when a small body grows beyond it',
    async (bomb) => {
      const intake = await Intake.start();
      const encoding = bomb[0] === 0x1f ? 'gzip' : 'zstd';
      expect(bomb.length).toBeLessThan(64 * KIB);
      expect((await intake.post(bomb, { 'content-encoding': encoding })).status).toBe(413);
      expect((await intake.lines(bomb, { 'content-encoding': encoding })).status).toBe(413);
    },
  );

  it.each([
    ['text/plain', undefined],
    ['application/x-www-form-urlencoded', undefined],
    ['application/json; charset=utf-16', undefined],
    ['application/jsonp', undefined],
    ['nonsense', undefined],
    ['', undefined],
    ['application/json', 'deflate'],
    ['application/json', 'br'],
    ['application/json', 'gzip, zstd'],
    ['application/json', 'gzip, gzip'],
    ['application/json', 'constructor'],
  ])('answers 415 to type %j with encoding %j', async (type, encoding) => {
    const intake = await Intake.start();
    const reply = await intake.post(deflateSync(text()), {
      'content-type': type,
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    });
    expect(reply).toMatchObject({ status: 415, body: { errors: { detail: expect.stringContaining('must be') } } });
    expect(reply.headers['accept-encoding']).toBe(encoding === undefined ? undefined : 'gzip, zstd');
  });

  it.each(['application/json;charset=UTF-8', 'Application/JSON', 'application/json; charset="utf-8"; v=1'])(
    'takes the type %s',
    async (type) => {
      const intake = await Intake.start();
      expect((await intake.post(text(), { 'content-type': type })).status).toBe(202);
    },
  );

  it('gives slow clients bounded time', async () => {
    const intake = await Intake.start();
    const server = intake.app.value?.getHttpServer();
    expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000, timeout: 60_000 });
  });

  it('answers a URL that cannot be read in its own form', async () => {
    const intake = await Intake.start();
    const reply = await intake.app.value?.inject({ method: 'POST', url: '/v1/%zz' });
    expect(reply?.statusCode).toBe(400);
    expect(reply?.json()).toEqual({ errors: { detail: 'The URL cannot be read' } });
    expect(reply?.headers['peridio-request-id']).toEqual(expect.any(String));
  });

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'QUERY', 'PROPFIND'] as const)(
    'says that events are not for %s',
    async (method) => {
      const intake = await Intake.start();
      const reply = await intake.app.value?.inject({ method, url: '/v1/events?since=1' });
      expect(reply?.statusCode).toBe(405);
      expect(reply?.headers['allow']).toBe('POST');
      expect(reply?.json()).toEqual({ errors: { detail: 'The path takes POST' } });
    },
  );

  it('is asked as usual by who joins its path to a base URL that ends in a slash', async () => {
    const intake = await Intake.start();
    const reply = await intake.app.value?.inject({ method: 'GET', url: '//v1/events' });
    expect(reply?.statusCode).toBe(405);
  });

  it('has a 404 of its own', async () => {
    const intake = await Intake.start();
    const reply = await intake.app.value?.inject({ method: 'GET', url: '/v1/nothing' });
    expect(reply?.statusCode).toBe(404);
    expect(reply?.json()).toEqual({ errors: { detail: expect.any(String) } });
    expect(reply?.headers['peridio-request-id']).toEqual(expect.any(String));
  });
});
