import { afterEach, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import { KafkaError } from '@fleethook/kafka';
import { hashApiKey } from '@fleethook/messages';
import { Intake, apiKey, closeIntakes, text, unavailable } from '../testing/intake.js';

const KIB = 1_024;

afterEach(closeIntakes);

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

  it('takes as many events as a request has room for, and names each in its answer', async () => {
    const intake = await Intake.start();
    const events = Array.from({ length: 51_000 }, () => text());
    expect(events.join().length).toBeLessThan(10 * KIB * KIB);
    const taken = await intake.post(`[${events.join(',')}]`);
    expect({ status: taken.status, accepted: taken.body.accepted }).toEqual({ status: 202, accepted: 51_000 });
    expect(taken.body.events).toHaveLength(51_000);
    const refused = await intake.lines('0\n'.repeat(51_000));
    expect(refused.status).toBe(422);
    expect(refused.body.rejected).toHaveLength(51_000);
  });

  it('holds what it has to answer within its bound, too', async () => {
    const intake = await Intake.start({ INGEST_MAX_QUEUED: '1MiB', INGEST_MAX_REQUEST: '1MiB' });
    for (const reply of [await intake.post(`[${'0,'.repeat(60_000)}0]`), await intake.lines('0\n'.repeat(60_000))])
      expect(reply).toMatchObject({
        status: 413,
        body: {
          errors: { detail: 'The request, with what its answer has to name, takes more than 1048576 bytes' },
        },
      });
    expect(intake.kafka.records).toEqual([]);
    intake.kafka.answer = () => 'later';
    const waiting = intake.lines(`${text()}\n`.repeat(1_500));
    while (intake.kafka.held.length < 1_500) await new Promise(setImmediate);
    intake.kafka.answer = () => undefined;
    expect((await intake.lines(`${text()}\n`.repeat(2_000))).status).toBe(503);
    for (const done of intake.kafka.held) done(undefined);
    expect((await waiting).status).toBe(202);
    expect((await intake.metrics.ingestQueuedBytes.get()).values).toMatchObject([{ value: 0 }]);
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
    const intake = await Intake.start({ INGEST_MAX_QUEUED: '1MiB', INGEST_MAX_REQUEST: '1MiB' });
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

  it('counts the events of an array that wait for those before them', async () => {
    const intake = await Intake.start({ INGEST_MAX_QUEUED: '8MiB', INGEST_MAX_REQUEST: '7MiB' });
    const array = (count: number): string =>
      `[${Array.from({ length: count }, () => text({ note: 'x'.repeat(100 * KIB) })).join(',')}]`;
    const heldBytes = async (): Promise<number> => (await intake.metrics.ingestQueuedBytes.get()).values[0]?.value ?? 0;
    intake.kafka.answer = () => 'later';
    const waiting = intake.post(array(60));
    while (intake.kafka.held.length < 41) await new Promise(setImmediate);
    expect(intake.kafka.held).toHaveLength(41);
    expect(await heldBytes()).toBeGreaterThanOrEqual(6_000 * KIB);
    expect(await intake.post(array(25))).toMatchObject({
      status: 503,
      body: { errors: { detail: 'Too many events wait for Kafka' } },
    });
    intake.kafka.answer = () => undefined;
    for (const done of intake.kafka.held) done(undefined);
    expect(await waiting).toMatchObject({ status: 202, body: { accepted: 60 } });
    expect(await heldBytes()).toBe(0);
  });

  it('takes an array of very many small events, though they hold more than it may', async () => {
    const intake = await Intake.start({ INGEST_MAX_QUEUED: '1MiB', INGEST_MAX_REQUEST: '1MiB' });
    const small = text({ a: 1 });
    const count = Math.floor((1_000 * KIB) / (small.length + 1 + 192));
    const { status, body } = await intake.post(`[${Array.from({ length: count }, () => small).join(',')}]`);
    expect({ status, accepted: body.accepted }).toEqual({ status: 202, accepted: count });
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
