import { afterEach, describe, expect, it } from '@jest/globals';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { newPrn } from '@fleethook/events';
import { Intake, closeIntakes, device, event, organization, text, unavailable } from './testing/intake.js';

afterEach(closeIntakes);

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

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['gzip members', gzipSync],
    ['zstd frames', zstdCompressSync],
  ])('understands several %s', async (what, compress) => {
    const intake = await Intake.start();
    const several = Buffer.concat([
      compress(Buffer.from(`${text()}\n${text()}`)),
      compress(Buffer.from(`\n${text()}`)),
    ]);
    const [encoding = ''] = what.split(' ');
    expect(await intake.lines(several, { 'content-encoding': encoding })).toMatchObject({
      status: 202,
      body: { accepted: 3 },
    });
    const array = Buffer.concat([compress(Buffer.from(`[${text()}`)), compress(Buffer.from(`,${text()}]`))]);
    expect(await intake.post(array, { 'content-encoding': encoding })).toMatchObject({
      status: 202,
      body: { accepted: 2 },
    });
  });

  it('counts events by what became of them, those of a request that is refused as rejected', async () => {
    const intake = await Intake.start();
    const counted = async (): Promise<Record<string, number>> =>
      Object.fromEntries(
        (await intake.metrics.ingestEvents.get()).values.map(({ labels, value }) => [String(labels.result), value]),
      );
    expect((await intake.post(`[${text()},${text()},{"type":}]`)).status).toBe(400);
    expect(await counted()).toEqual({ accepted: 0, rejected: 3, unavailable: 0 });
    intake.kafka.answer = () => unavailable;
    expect((await intake.post(`[${text()},${text()},5]`)).status).toBe(503);
    expect(await counted()).toEqual({ accepted: 0, rejected: 4, unavailable: 2 });
  });
});
