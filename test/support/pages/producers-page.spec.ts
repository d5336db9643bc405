import { afterAll, describe, expect, it } from '@jest/globals';
import { EventTypes } from '@fleethook/events';
import { EventReader, type EventRead } from '@fleethook/messages';
import { closeIntakes, Intake } from '../../../apps/ingest/src/testing/intake.js';
import { differenceFrom } from '../tour.js';
import { textOf } from './page-block.js';
import { blocksRunBy } from './run-by.js';

const PAGE = textOf('docs/producers.md');
const [request = '', reply = ''] = blocksRunBy('test/support/pages/producers-page.spec.ts').map(({ text }) => text);

afterAll(closeIntakes);

/** As it lies in `fleet.events`, written by a producer. */
function read(event: unknown, headers: Record<string, string>): EventRead {
  const value = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
  const place = { topic: 'fleet.events', partition: 3, offset: 12, timestampMs: 1_767_225_600_000 };
  return new EventReader(new EventTypes()).read({ ...place, key: null, value, headers });
}

describe('docs/producers.md', () => {
  it('shows events, and what the intake answers to them', async () => {
    const intake = await Intake.start();
    const { status, body } = await intake.post(request);
    expect(status).toBe(202);
    expect(differenceFrom(JSON.parse(reply), body)).toBeUndefined();
  });

  it('shows a record that is taken, and says what becomes of one that is not', () => {
    const [, key = ''] = /^key +(\S+)$/m.exec(PAGE) ?? [];
    const [, organization = ''] = /^header +organization = (\S+)$/m.exec(PAGE) ?? [];
    const [good, bad] = JSON.parse(request) as [object, object];
    expect(JSON.stringify(good)).toContain(key);
    expect(read(good, { organization }).kind).toBe('event');
    expect(read({ ...good, prn: `${organization}:event:${key.slice(-36)}` }, {}).kind).toBe('event');
    const [, detail] = /`detail` +\|.*: `([^`]+)`/.exec(PAGE) ?? [];
    expect(read(bad, { organization })).toEqual({ kind: 'refused', reason: 'undecodable', detail });
    expect(read(request, { organization }).kind).toBe('refused');
  });

  it('gives numbers that are refused, and others as they are written', () => {
    const organization = 'prn:1:0194c1a0-5f3e-7c21-9b4d-2f6a8e1c7d90';
    const [good] = JSON.parse(request) as [object];
    const withNumber = (number: string): EventRead =>
      read(JSON.stringify(good).replace('"identifier"', `"n":${number},"identifier"`), { organization });
    const outcomes = ['1e17', '12345678901234567890.0', '21.100000000000001', '1.0', '1e2', '-0', '1e400', '1e21'].map(
      (number) => {
        expect(PAGE).toContain(`\`${number}\``);
        const outcome = withNumber(number);
        return outcome.kind === 'event' ? /"n":([^,]+)/.exec(outcome.event.body.toString())?.[1] : 'refused';
      },
    );
    expect(outcomes).toEqual(['refused', 'refused', '21.1', '1', '100', '0', 'refused', '1e+21']);
  });
});
