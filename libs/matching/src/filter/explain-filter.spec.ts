import { describe, expect, it } from '@jest/globals';
import { catalogue, newOrganizationPrn, newPrn } from '@fleethook/events';
import { compileFilter } from './compile-filter.js';
import type { EventFilter } from './event-filter.js';
import { EventFacts } from './event-facts.js';
import { explainFilter } from './explain-filter.js';

const organization = newOrganizationPrn();
const device = newPrn(organization, 'device');
const cohort = newPrn(organization, 'cohort');
const product = newPrn(organization, 'product');

const event = envelopeOf({
  device: {
    prn: device,
    identifier: 'pump-0017',
    cohort: { cohort_prn: cohort, cohort_name: 'production' },
    tags: ['north', 'pump'],
    product: { prn: product },
  },
  reason: 'unknown_device',
  level: 7,
  nothing: null,
  list: [{ name: 'first' }],
});

function envelopeOf(payload: object): EventFacts {
  const envelope = {
    version: 1,
    type: 'device',
    inserted_at: '2026-01-01T00:00:00Z',
    data: { type: 'authentication_failed', data: payload },
  };
  return EventFacts.parse(Buffer.from(JSON.stringify(envelope)));
}

function decision(filter: EventFilter): unknown[] {
  const { matches, decidedBy } = explainFilter(filter, event);
  expect(compileFilter(filter)(event)).toBe(matches);
  return [matches, decidedBy.path, decidedBy.value];
}

const at = (pointer: string) => `/data/data/${pointer}`;
const holds = (where: EventFilter['where']): boolean => explainFilter({ where: where ?? { and: [] } }, event).matches;

describe('what an event is about', () => {
  it.each<[string, EventFilter, boolean]>([
    ['a device by its PRN', { devices: ['other', device] }, true],
    ['a device by its identifier', { devices: ['pump-0017'] }, true],
    ['another device', { devices: ['pump-0018'] }, false],
    ['a cohort', { cohorts: [newPrn(organization, 'cohort'), cohort] }, true],
    ['another cohort', { cohorts: [newPrn(organization, 'cohort')] }, false],
    ['one of its tags', { tags: ['south', 'pump'] }, true],
    ['other tags', { tags: ['south'] }, false],
    ['a product', { products: [product] }, true],
    ['another product', { products: [newPrn(organization, 'product')] }, false],
    ['all parts', { devices: [device], tags: ['north'], where: { pointer: at('level'), eq: 7 } }, true],
    ['all parts but one', { devices: [device], tags: ['north'], where: { pointer: at('level'), eq: 8 } }, false],
    ['a long list', { tags: Array.from({ length: 40 }, (_, index) => `t${index}`).concat('pump') }, true],
  ])('matches %s', (_name, filter, expected) => {
    expect(explainFilter(filter, event).matches).toBe(expected);
    expect(compileFilter(filter)(event)).toBe(expected);
  });

  it('is found in every event of the catalogue that has a device', () => {
    for (const { name, example } of catalogue.values()) {
      if (!name.startsWith('device.')) continue;
      const facts = envelopeOf(example);
      expect([name, facts.devices.length, facts.cohorts.length]).toEqual([name, 2, 1]);
    }
  });

  it('is nothing where an event has none of it, or says it in another form', () => {
    for (const payload of [{}, { device: null }, { device: [] }, { device: { prn: 7, tags: 'north', cohort: 'x' } }]) {
      const { devices, cohorts, tags, products } = envelopeOf(payload);
      expect([devices, cohorts, tags, products]).toEqual([[], [], [], []]);
    }
    expect(new EventFacts(null).devices).toEqual([]);
  });
});

describe('a comparison', () => {
  it('converts nothing', () => {
    expect(holds({ pointer: at('level'), eq: 7 })).toBe(true);
    expect(holds({ pointer: at('level'), eq: '7' })).toBe(false);
    expect(holds({ pointer: at('level'), gt: 6.5 })).toBe(true);
    expect(holds({ pointer: at('level'), gt: '6' })).toBe(false);
    expect(holds({ pointer: at('level'), lt: 7 })).toBe(false);
    expect(holds({ pointer: at('level'), prefix: '7' })).toBe(false);
    expect(holds({ pointer: at('level'), in: ['7', 7] })).toBe(true);
    expect(holds({ pointer: '/inserted_at', gt: '2025-12-31T23:59:59Z' })).toBe(true);
  });

  it('fails on what is not there, and knows null from nothing', () => {
    for (const rest of [{ eq: null }, { in: [null] }, { gt: 0 }, { lt: 'x' }, { prefix: 'x' }, { exists: true }])
      expect(holds({ pointer: at('absent'), ...rest })).toBe(false);
    expect(holds({ pointer: at('absent'), exists: false })).toBe(true);
    expect(holds({ pointer: at('nothing'), exists: true })).toBe(true);
    expect(holds({ pointer: at('nothing'), eq: null })).toBe(true);
  });

  it('finds what the document says itself, in lists by number', () => {
    expect(holds({ pointer: at('list/0/name'), eq: 'first' })).toBe(true);
    expect(holds({ pointer: at('list/00/name'), exists: false })).toBe(true);
    expect(holds({ pointer: at('list/length'), exists: false })).toBe(true);
    expect(holds({ pointer: at('reason/length'), exists: false })).toBe(true);
    expect(holds({ pointer: '/constructor', exists: false })).toBe(true);
    expect(holds({ pointer: '/__proto__', exists: false })).toBe(true);
  });
});

describe('the clause that decided', () => {
  const reason = { pointer: at('reason'), eq: 'unknown_device' };
  const level = { pointer: at('level'), gt: 10 };

  it.each<[string, EventFilter, unknown[]]>([
    ['the part that failed', { tags: ['north'], cohorts: ['x'] }, [false, 'filter.cohorts', [cohort]]],
    [
      'a part about which the event says nothing',
      { products: ['x'], tags: ['x'] },
      [false, 'filter.tags', ['north', 'pump']],
    ],
    ['the first that fails in and', { where: { and: [reason, level] } }, [false, 'filter.where.and.1', 7]],
    ['the first that holds in or', { where: { or: [level, reason] } }, [true, 'filter.where.or.1', 'unknown_device']],
    ['what not turns around', { where: { not: level } }, [true, 'filter.where.not', 7]],
    [
      'deep down',
      { where: { and: [reason, { not: { or: [level, reason] } }] } },
      [false, 'filter.where.and.1.not.or.1', 'unknown_device'],
    ],
    ['what is not there', { where: { pointer: at('absent'), eq: 1 } }, [false, 'filter.where', undefined]],
    ['the whole, where all held', { tags: ['north'], where: reason }, [true, 'filter', undefined]],
    ['the whole, where none held', { where: { or: [level, { not: reason }] } }, [false, 'filter.where', undefined]],
    ['the only one', { where: { and: [{ or: [level] }] } }, [false, 'filter.where.and.0.or.0', 7]],
  ])('is %s', (_name, filter, expected) => {
    expect(decision(filter)).toEqual(expected);
  });
});
