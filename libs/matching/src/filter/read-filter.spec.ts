import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import { FILTER_LIMITS } from './filter-limits.js';
import { readFilter } from './read-filter.js';

const organization = newOrganizationPrn();
const REASON = '/data/data/reason';

/** `{ 'where.and.1.pointer': 'is required' }`, or the filter when nothing is wrong. */
function faults(value: unknown): unknown {
  const read = readFilter(value);
  if (read.kind === 'filter') return read.filter;
  return Object.fromEntries(read.faults.map(({ path, message }) => [path.join('.'), message]));
}

function nested(depth: number): unknown {
  let condition: unknown = { pointer: REASON, eq: 'x' };
  for (let level = 1; level < depth; level++) condition = { not: condition };
  return { where: condition };
}

describe('a filter', () => {
  it('is taken as it is when all of it is right', () => {
    const filter = {
      devices: [newPrn(organization, 'device'), 'pump-0017'],
      cohorts: [newPrn(organization, 'cohort')],
      tags: ['north'],
      products: [newPrn(organization, 'product')],
      where: {
        and: [
          { pointer: REASON, in: ['jitp_failed', null, 3, true, ''] },
          {
            or: [
              { pointer: '/data/data/device/cohort', exists: false },
              { not: { pointer: '/inserted_at', gt: '2026' } },
            ],
          },
          { pointer: '/data/data/a~1b/0', prefix: 'x' },
          { pointer: '/data/data/level', lt: -1.5 },
        ],
      },
    };
    expect(faults(filter)).toEqual(filter);
  });

  it('names every place that is wrong, at once', () => {
    expect(
      faults({
        device: [],
        devices: ['prn:1:acme', 7],
        cohorts: 'all',
        tags: [],
        where: {
          and: [
            { pointer: REASON, eq: 'x' },
            { eq: 1 },
            { pointer: 'reason', in: [{}] },
            { or: [{ pointer: REASON }, { pointer: REASON, eq: 1, gt: 0 }] },
            { pointer: REASON, not: { pointer: REASON, exists: 'yes' } },
            { pointer: REASON, equals: 'x', eq: 'x' },
            { pointer: REASON, gt: true },
            'x',
          ],
        },
      }),
    ).toEqual({
      device: 'is not a part of a filter',
      'devices.0': 'must be the PRN of a device, in lower case, or its identifier',
      'devices.1': 'must be a text',
      cohorts: 'must be a list',
      tags: 'must have 1 to 100 items',
      'where.and.1.pointer': 'is required',
      'where.and.2.pointer': 'must be a JSON pointer into the event, such as /data/data/reason, of at most 16 steps',
      'where.and.2.in.0': 'must be a text, a number, true, false or null',
      'where.and.3.or.0': 'must have exactly one of eq, in, prefix, exists, gt, lt, and, or, not',
      'where.and.3.or.1': 'must have exactly one of eq, in, prefix, exists, gt, lt, and, or, not',
      'where.and.4.pointer': 'does not go with not',
      'where.and.4.not.exists': 'must be true or false',
      'where.and.5.equals': 'is not a part of a condition',
      'where.and.6.gt': 'must be a number or a text',
      'where.and.7': 'must be a condition, an object',
    });
  });

  it.each([
    [null, { '': 'must be a filter, an object' }],
    [[], { '': 'must be a filter, an object' }],
    [{}, { '': 'must have at least one of devices, cohorts, tags, products, where; null is no filter' }],
    [{ where: null }, { where: 'must be a condition, an object' }],
    [JSON.parse('{"tags":["x"],"__proto__":{}}'), { ['__proto__']: 'is not a part of a filter' }],
    [{ tags: ['\ud800'] }, { 'tags.0': 'must be valid Unicode without NUL' }],
    [{ tags: ['a\0'] }, { 'tags.0': 'must be valid Unicode without NUL' }],
    [{ tags: ['x'.repeat(257)] }, { 'tags.0': 'must have 1 to 256 characters' }],
    [{ where: { pointer: '/a', eq: Infinity } }, { 'where.eq': 'must be a text, a number, true, false or null' }],
    [{ where: { pointer: '/a~2', exists: true } }, { 'where.pointer': expect.stringContaining('JSON pointer') }],
    [{ where: { pointer: '/x'.repeat(17), exists: true } }, { 'where.pointer': expect.stringContaining('16 steps') }],
    [{ where: { pointer: '', exists: true } }, { 'where.pointer': 'must have 1 to 256 characters' }],
  ])('is refused: %j', (value, expected) => {
    // Own members only: `toEqual` would not see one called `__proto__`.
    expect(Object.entries(faults(value) as object)).toEqual(Object.entries(expected));
  });

  it('is bounded in depth', () => {
    expect(faults(nested(FILTER_LIMITS.maxDepth))).toEqual(nested(FILTER_LIMITS.maxDepth));
    expect(faults(nested(FILTER_LIMITS.maxDepth + 1))).toEqual({
      'where.not.not.not.not.not.not.not.not': 'is nested too deep: at most 8 conditions within each other',
    });
    expect(readFilter(nested(1_000_000)).kind).toBe('refused');
  });

  it('is bounded in conditions, lists and bytes, and an answer in faults', () => {
    const condition = { pointer: REASON, eq: 'x' };
    const group = (conditions: number) => ({ or: Array.from({ length: conditions }, () => condition) });
    expect(readFilter({ where: { and: [group(30), group(31)] } }).kind).toBe('filter');
    expect(faults({ where: { and: [group(30), group(50)] } })).toEqual({
      'where.and.1.or.31': 'is one too many: a filter has at most 64 conditions',
    });
    expect(faults({ tags: Array.from({ length: 101 }, () => 'x') })).toEqual({ tags: 'must have 1 to 100 items' });
    expect(faults({ tags: Array.from({ length: 100 }, () => 'é'.repeat(100)) })).toEqual({
      '': 'must be at most 16384 bytes as JSON',
    });
    expect(readFilter({ tags: Array.from({ length: 100 }, () => 7) })).toMatchObject({ faults: { length: 20 } });
  });
});
