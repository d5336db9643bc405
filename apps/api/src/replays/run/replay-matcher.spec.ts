import { describe, expect, it, jest } from '@jest/globals';
import { newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import type { ReplayFilter } from '@fleethook/store';
import { ReplayMatcher } from './replay-matcher.js';

const organization = newOrganizationPrn();
const device = newPrn(organization, 'device');
const CONNECTED = parseEventName('device.connected');

const body = (data: object): Buffer => Buffer.from(JSON.stringify({ data: { type: 'connected', data } }));
const pump = body({ device: { prn: device, identifier: 'pump-1', tags: ['north'] }, level: 7 });

function matcher(filter: ReplayFilter): ReplayMatcher {
  return new ReplayMatcher(filter, (faults) => {
    throw new Error(JSON.stringify(faults));
  });
}

describe('what a replay sends', () => {
  it('is everything, unread, unless something narrows it', () => {
    const all = matcher({});
    expect([all.wantsName(CONNECTED), all.wantsBody(Buffer.from('no JSON'))]).toEqual([true, true]);
  });

  it.each<[string, ReplayFilter, boolean]>([
    ['the devices that are named', { devicePrns: [device] }, true],
    ['not other devices', { devicePrns: [newPrn(organization, 'device')] }, false],
    ['what the webhook lets through', { webhookFilter: { tags: ['north'] } }, true],
    ['not what the webhook keeps away', { webhookFilter: { tags: ['south'] } }, false],
    ['what its own filter lets through', { match: { where: { pointer: '/data/data/level', gt: 6 } } }, true],
    ['not what its own filter keeps away', { match: { where: { pointer: '/data/data/level', gt: 7 } } }, false],
    ['what passes both', { webhookFilter: { tags: ['north'] }, match: { devices: ['pump-1'] } }, true],
    ['not what passes only its own', { webhookFilter: { tags: ['south'] }, match: { devices: ['pump-1'] } }, false],
    ['not what passes only the webhook’s', { webhookFilter: { tags: ['north'] }, match: { devices: ['x'] } }, false],
    [
      'not what passes all filters but is of another device',
      { webhookFilter: { tags: ['north'] }, devicePrns: [newPrn(organization, 'device')] },
      false,
    ],
  ])('%s', (_what, filter, wanted) => {
    expect(matcher(filter).wantsBody(pump)).toBe(wanted);
  });

  it('is parsed once, however many filters ask', () => {
    const parse = jest.spyOn(JSON, 'parse');
    try {
      const all = matcher({ devicePrns: [device], webhookFilter: { tags: ['north'] }, match: { devices: ['pump-1'] } });
      all.wantsBody(pump);
      parse.mockClear();
      expect(all.wantsBody(pump)).toBe(true);
      expect(parse).toHaveBeenCalledTimes(1);
    } finally {
      parse.mockRestore();
    }
  });

  it('is nothing that is no JSON when a filter asks: the router parked it', () => {
    expect(matcher({ webhookFilter: { tags: ['north'] } }).wantsBody(Buffer.from('{'))).toBe(false);
  });

  it('is not narrowed by a filter of a later release, which is told', () => {
    const told = jest.fn();
    const later = new ReplayMatcher({ webhookFilter: { weather: ['rain'] } }, told);
    expect([later.wantsBody(pump), later.wantsBody(pump)]).toEqual([true, true]);
    expect(told).toHaveBeenCalledTimes(1);
  });
});
