import { afterEach, describe, expect, it } from '@jest/globals';
import { gzipSync, zstdCompressSync, deflateSync, constants } from 'node:zlib';
import { Test } from '@nestjs/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readAppSettings } from '@fleethook/config';
import { newOrganizationPrn, newPrn, parseEventName, type FieldErrors } from '@fleethook/events';
import {
  BatchingProducer,
  ConfigTopicReader,
  KafkaError,
  RecordProducer,
  type OutgoingRecord,
  type RecordDone,
} from '@fleethook/kafka';
import { configKey, hashApiKey, type ApiKeyConfig, type ConfigMessage } from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { IntakeHttpAdapter } from './http/intake-http-adapter.js';
import { logRequests } from './http/request-log.js';
import { IngestModule } from './ingest.module.js';
import { IntakeConfiguration } from './intake-configuration.js';

const KIB = 1_024;
const KEY = 'fhk_the-key-of-this-test';
const organization = newOrganizationPrn();
const device = newPrn(organization, 'device');

/** Stands in for Kafka: keeps what it acknowledged, and answers as it is told to. */
class FakeProducer extends RecordProducer {
  readonly records: OutgoingRecord[] = [];
  readonly held: RecordDone[] = [];
  /** undefined = acknowledge. */
  answer: (record: OutgoingRecord) => KafkaError | 'later' | undefined = () => undefined;

  override enqueue(record: OutgoingRecord, onDone: RecordDone): void {
    const answer = this.answer(record);
    if (answer === 'later') {
      this.held.push(onDone);
      return;
    }
    if (answer === undefined) this.records.push(record);
    onDone(answer);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: {
    readonly accepted?: number;
    readonly events?: readonly { index: number; prn: string }[];
    readonly rejected?: readonly { index: number; errors: FieldErrors }[];
    readonly errors?: { detail: string };
  };
}

const log = createLog({ app: 'ingest', level: 'silent', format: 'json' });
const apps: NestFastifyApplication[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

class Intake {
  readonly kafka = new FakeProducer();
  readonly metrics = createMetrics();

  private constructor(readonly app: { value?: NestFastifyApplication }) {}

  static async start(environment: Record<string, string> = {}, isLoaded = true): Promise<Intake> {
    const intake = new Intake({});
    const context = { log, metrics: intake.metrics };
    const module = await Test.createTestingModule({
      imports: [IngestModule.for(readAppSettings('ingest', environment), context)],
    })
      .overrideProvider(BatchingProducer)
      .useValue(intake.kafka)
      .overrideProvider(ConfigTopicReader)
      .useValue({ close: () => Promise.resolve() })
      .compile();
    const app = module.createNestApplication<NestFastifyApplication>(new IntakeHttpAdapter());
    app.useLogger(false);
    logRequests(app, context);
    apps.push(app);
    await app.init();
    intake.app.value = app;
    intake.configure(apiKey());
    if (isLoaded) app.get(IntakeConfiguration).onLoaded();
    return intake;
  }

  configure(message: ConfigMessage): void {
    this.app.value?.get(IntakeConfiguration).onChange(configKey(message), message);
  }

  async post(body: Buffer | string | undefined, headers: Record<string, string> = {}): Promise<Reply> {
    if (this.app.value === undefined) throw new Error('not started');
    const reply = await this.app.value.inject({
      method: 'POST',
      url: '/v1/events',
      headers: { authorization: `Token ${KEY}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { payload: body }),
    });
    if (reply.headers['peridio-request-id'] === undefined || reply.statusCode === 500)
      throw new Error(`${reply.statusCode} ${JSON.stringify(reply.headers)} ${reply.body}`);
    return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
  }

  lines(body: Buffer | string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.post(body, { 'content-type': 'application/x-ndjson', ...headers });
  }
}

function apiKey(changes: Partial<ApiKeyConfig> = {}): ApiKeyConfig {
  return {
    v: 1,
    kind: 'api_key',
    version: 1,
    prn: newPrn(organization, 'api_key'),
    organization,
    hash: hashApiKey(KEY),
    scopes: ['publish'],
    ...changes,
  };
}

const event = (payload: object = {}, rest: object = {}): object => ({
  type: 'device',
  data: { type: 'connected', data: { device: { prn: device }, ...payload } },
  ...rest,
});
const text = (payload?: object, rest?: object): string => JSON.stringify(event(payload, rest));
const unavailable = new KafkaError('KAFKA_UNAVAILABLE', 'test');

describe('POST /v1/events', () => {
  it('puts an event into Kafka, normalised and keyed by its device, before it answers 202', async () => {
    const intake = await Intake.start();
    const reply = await intake.post(`  ${JSON.stringify(event(), undefined, 2)}\n`);
    expect(reply).toMatchObject({ status: 202, body: { accepted: 1, rejected: [] } });
    const prn = reply.body.events?.[0]?.prn ?? '';
    expect(reply.body.events).toEqual([{ index: 0, prn: expect.stringContaining(`${organization}:event:`) }]);
    expect(intake.kafka.records).toHaveLength(1);
    const [record] = intake.kafka.records;
    expect(record).toMatchObject({
      topic: 'fleet.events',
      key: device,
      headers: { v: '1', event: prn, name: 'device.connected', at: expect.stringMatching(/^\d{13}$/) },
    });
    const body = String(record?.value);
    expect(JSON.stringify(JSON.parse(body))).toBe(body);
    expect(body).toMatch(
      /^\{"version":1,"prn":"[^"]+","type":"device","inserted_at":"[^"]+Z","data":\{"type":"connected","data":\{/,
    );
  });

  it('does not answer before Kafka did', async () => {
    const intake = await Intake.start();
    intake.kafka.answer = () => 'later';
    let answered = false;
    const reply = intake.post(text()).finally(() => (answered = true));
    while (intake.kafka.held.length === 0) await new Promise(setImmediate);
    expect(answered).toBe(false);
    intake.kafka.held[0]?.(undefined);
    expect((await reply).status).toBe(202);
  });

  it('takes an array, each event by itself', async () => {
    const intake = await Intake.start();
    const prn = newPrn(organization, 'event');
    const reply = await intake.post(`[ ${text()} ,\n${text({ ip_address: 7 })}, 5,null,"x",[], ${text({}, { prn })} ]`);
    expect(reply.status).toBe(202);
    expect(reply.body.events?.map(({ index }) => index)).toEqual([0, 6]);
    expect(reply.body.events?.[1]?.prn).toBe(prn);
    expect(reply.body.rejected?.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5]);
    expect(reply.body.rejected?.[0]?.errors).toEqual({ '/data/data/ip_address': ['must be string,null'] });
    expect(reply.body.rejected?.[1]?.errors).toEqual({ '': ['must be an object'] });
    expect(await intake.metrics.ingestEvents.get()).toMatchObject({
      values: expect.arrayContaining([
        expect.objectContaining({ labels: { result: 'accepted' }, value: 2 }),
        expect.objectContaining({ labels: { result: 'rejected' }, value: 5 }),
      ]),
    });
  });

  it('takes thousands of events in one request', async () => {
    const intake = await Intake.start();
    const reply = await intake.post(`[${Array.from({ length: 5_000 }, () => text()).join(',')}]`);
    expect(reply).toMatchObject({ status: 202, body: { accepted: 5_000 } });
    expect(new Set(intake.kafka.records.map(({ headers }) => headers['event'])).size).toBe(5_000);
  });

  it('takes lines: blank ones, CR LF and a missing last end included; bad ones by their index', async () => {
    const intake = await Intake.start();
    const lines = ['', text(), '{"type":', '   ', text(), 'nonsense', `${text()}\r`, '[]', '\r', text()];
    const reply = await intake.lines(`\ufeff${lines.join('\n')}`);
    expect(reply.status).toBe(202);
    expect(reply.body.events?.map(({ index }) => index)).toEqual([0, 2, 4, 6]);
    expect(reply.body.rejected?.map(({ index }) => index)).toEqual([1, 3, 5]);
    expect(reply.body.rejected?.[0]?.errors).toEqual({ '': [expect.stringContaining('is not JSON: ')] });
  });

  it('passes over a byte order mark before JSON', async () => {
    const intake = await Intake.start();
    expect((await intake.post(`\ufeff${text()}`)).status).toBe(202);
    expect((await intake.post(`\ufeff[${text()}]`)).status).toBe(202);
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZIP', gzipSync],
    ['zstd', zstdCompressSync],
    ['identity', (bytes) => bytes],
  ])('understands content-encoding %s', async (encoding, compress) => {
    const intake = await Intake.start();
    const body = Buffer.from(`[${Array.from({ length: 300 }, () => text()).join(',')}]`);
    expect(await intake.post(compress(body), { 'content-encoding': encoding })).toMatchObject({
      status: 202,
      body: { accepted: 300 },
    });
    const lines = Buffer.from(Array.from({ length: 300 }, () => text()).join('\n'));
    expect(await intake.lines(compress(lines), { 'content-encoding': encoding })).toMatchObject({
      status: 202,
      body: { accepted: 300 },
    });
  });

  it('understands several gzip members, and refuses a second zstd frame rather than lose it', async () => {
    const intake = await Intake.start();
    const [first, second] = [Buffer.from(`${text()}\n`), Buffer.from(text())];
    const members = Buffer.concat([gzipSync(first), gzipSync(second)]);
    expect(await intake.lines(members, { 'content-encoding': 'gzip' })).toMatchObject({
      status: 202,
      body: { accepted: 2 },
    });
    const frames = Buffer.concat([zstdCompressSync(first), zstdCompressSync(second)]);
    expect(await intake.lines(frames, { 'content-encoding': 'zstd' })).toMatchObject({
      status: 400,
      body: { accepted: 1, errors: { detail: expect.stringContaining('goes on after the end') } },
    });
  });

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
    const raw = (inner: string): string => text().replace('"device":', `${inner},"device":`);
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

  it('has a 404 of its own', async () => {
    const intake = await Intake.start();
    const reply = await intake.app.value?.inject({ method: 'GET', url: '/v1/events' });
    expect(reply?.statusCode).toBe(404);
    expect(reply?.json()).toEqual({ errors: { detail: expect.any(String) } });
    expect(reply?.headers['peridio-request-id']).toEqual(expect.any(String));
  });
});

describe('API keys', () => {
  it.each([`Bearer ${KEY}`, `token ${KEY}`, `TOKEN  ${KEY} `])('are taken as %s', async (authorization) => {
    const intake = await Intake.start();
    expect((await intake.post(text(), { authorization })).status).toBe(202);
  });

  it.each(['', KEY, `Basic ${KEY}`, 'Token', 'Token wrong', `Token ${KEY} ${KEY}`])(
    'are not taken as %j',
    async (authorization) => {
      const intake = await Intake.start();
      const reply = await intake.post(text(), { authorization });
      expect(reply).toMatchObject({ status: 401, body: { errors: { detail: expect.any(String) } } });
      expect(reply.headers['www-authenticate']).toBe('Token, Bearer');
      expect(intake.kafka.records).toEqual([]);
    },
  );

  it('expire, need the scope, and are revoked', async () => {
    const intake = await Intake.start();
    const key = apiKey({ hash: hashApiKey('other'), expiresAtMs: Date.now() - 1 });
    const authorization = 'Token other';
    intake.configure(key);
    expect(await intake.post(text(), { authorization })).toMatchObject({
      status: 401,
      body: { errors: { detail: 'The API key has expired' } },
    });
    intake.configure({ ...key, expiresAtMs: Date.now() + 60_000 });
    expect((await intake.post(text(), { authorization })).status).toBe(202);
    intake.configure({ ...key, expiresAtMs: Date.now() + 60_000, scopes: ['read', 'configure', 'replay'] });
    expect((await intake.post(text(), { authorization })).status).toBe(403);
    intake.app.value?.get(IntakeConfiguration).onRemove(key.prn);
    expect((await intake.post(text(), { authorization })).status).toBe(401);
    intake.app.value?.get(IntakeConfiguration).onReset();
    expect((await intake.post(text())).status).toBe(401);
  });

  it('decide the organization', async () => {
    const intake = await Intake.start();
    const other = newOrganizationPrn();
    intake.configure(apiKey({ hash: hashApiKey('other'), organization: other, prn: newPrn(other, 'api_key') }));
    const reply = await intake.post(text(), { authorization: 'Token other' });
    expect(reply.body.events?.[0]?.prn.startsWith(other)).toBe(true);
  });

  it('cannot be called wrong before they are all known', async () => {
    const intake = await Intake.start({}, false);
    const reply = await intake.post(text(), { authorization: 'Token wrong' });
    expect(reply.status).toBe(503);
    expect(reply.headers['retry-after']).toBe('5');
  });
});

describe('bounds', () => {
  it('answers 413 to an event that is too large, by itself, and rejects it among others', async () => {
    const intake = await Intake.start({ INGEST_MAX_EVENT: '1KiB' });
    const large = text({ note: 'x'.repeat(1_000) });
    expect(await intake.post(large)).toMatchObject({ status: 413, body: { rejected: [{ index: 0 }] } });
    expect(await intake.lines(`${text()}\n${large}\n${'x'.repeat(5 * KIB)}\n${text()}`)).toMatchObject({
      status: 202,
      body: {
        accepted: 2,
        rejected: [{ index: 1 }, { index: 2, errors: { '': ['is on a line of more than 4096 bytes'] } }],
      },
    });
  });

  it('answers 413 to a request that is too large, and lists what lines it took before', async () => {
    const intake = await Intake.start({ INGEST_MAX_REQUEST: '2KiB' });
    const many = Array.from({ length: 50 }, () => text());
    expect(await intake.post(`[${many.join(',')}]`)).toMatchObject({
      status: 413,
      body: { errors: { detail: 'The request is larger than 2048 bytes' } },
    });
    expect(intake.kafka.records).toEqual([]);
    expect((await intake.lines(many.join('\n'))).status).toBe(413);
  });

  it('answers 413 to more events than an answer can name', async () => {
    const intake = await Intake.start();
    const reply = await intake.post(`[${'0,'.repeat(60_000)}0]`);
    expect(reply).toMatchObject({
      status: 413,
      body: { errors: { detail: 'The request has more than 50000 events' } },
    });
    expect((await intake.lines('0\n'.repeat(60_000))).status).toBe(413);
    expect(intake.kafka.records).toEqual([]);
  });

  it('answers 503 when Kafka is away, and lists what was accepted nevertheless', async () => {
    const intake = await Intake.start();
    intake.kafka.answer = () => unavailable;
    const none = await intake.post(`[${text()},${text()}]`);
    expect(none).toMatchObject({ status: 503, body: { accepted: 0, events: [], errors: { detail: 'Kafka is away' } } });
    expect(none.headers['retry-after']).toBe('5');
    let calls = 0;
    intake.kafka.answer = () => (++calls === 2 ? unavailable : undefined);
    const some = await intake.post(`[${text()},${text()},${text()},5]`);
    expect(some.status).toBe(503);
    expect(some.body.accepted).toBe(intake.kafka.records.length);
    expect(some.body.events?.map(({ prn }) => prn)).toEqual(
      intake.kafka.records.map(({ headers }) => headers['event']),
    );
    expect(some.body.rejected).toMatchObject([{ index: 3 }]);
  });

  it('rejects what Kafka will never take', async () => {
    const intake = await Intake.start();
    let calls = 0;
    intake.kafka.answer = () => (++calls === 2 ? new KafkaError('RECORD_TOO_LARGE', 'test') : undefined);
    expect(await intake.post(`[${text()},${text()},${text()}]`)).toMatchObject({
      status: 202,
      body: { accepted: 2, events: [{ index: 0 }, { index: 2 }], rejected: [{ index: 1 }] },
    });
  });

  it('answers 503 when too much waits for Kafka, and takes events again when it does not', async () => {
    const intake = await Intake.start({ INGEST_MAX_QUEUED: '1MiB' });
    intake.kafka.answer = () => 'later';
    const waiting = intake.post(text({ note: 'x'.repeat(200 * KIB) }));
    while (intake.kafka.held.length < 1) await new Promise(setImmediate);
    const full = await intake.post(
      `[${Array.from({ length: 9 }, () => text({ note: 'x'.repeat(100 * KIB) })).join(',')}]`,
    );
    expect(full).toMatchObject({ status: 503, body: { errors: { detail: 'Too many events wait for Kafka' } } });
    intake.kafka.answer = () => undefined;
    for (const done of intake.kafka.held) done(undefined);
    expect((await waiting).status).toBe(202);
    expect((await intake.post(text())).status).toBe(202);
    expect((await intake.metrics.ingestQueuedBytes.get()).values).toMatchObject([{ value: 0 }]);
  });

  it('gives back what it held, however a request ends', async () => {
    const intake = await Intake.start({ INGEST_MAX_EVENT: '1KiB', INGEST_MAX_REQUEST: '8KiB' });
    intake.kafka.answer = () => unavailable;
    await intake.post(`[${text()}`);
    await intake.post('x'.repeat(20 * KIB));
    await intake.lines(`${text()}\n${'x'.repeat(3 * KIB)}`);
    await intake.lines('x'.repeat(20 * KIB));
    await intake.post(gzipSync(text()).subarray(0, 30), { 'content-encoding': 'gzip' });
    expect((await intake.metrics.ingestQueuedBytes.get()).values).toMatchObject([{ value: 0 }]);
  });

  it('answers 429 to an organization beyond its rate, and to no other', async () => {
    const intake = await Intake.start({ INGEST_ORGANIZATION_RATE: '10' });
    const other = newOrganizationPrn();
    intake.configure(apiKey({ hash: hashApiKey('other'), organization: other, prn: newPrn(other, 'api_key') }));
    expect((await intake.post(`[${Array.from({ length: 100 }, () => text()).join(',')}]`)).status).toBe(202);
    const refused = await intake.post(text());
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(9);
    expect((await intake.post(text(), { authorization: 'Token other' })).status).toBe(202);
  });
});
