import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { z } from 'zod';
import { compileFilter } from './compile-filter.js';
import { FACT_PARTS, type Condition, type EventFilter } from './event-filter.js';
import { EventFacts } from './event-facts.js';
import { explainFilter } from './explain-filter.js';
import { EventFilterField, FILTER_JSON_SCHEMA } from './filter.schema.js';
import { readFilter } from './read-filter.js';

// Few names and values, so that filters and events meet.
const key = fc.constantFrom('a', 'b', '0', '', 'a/b', '~', '__proto__', 'length');
const scalar = fc.constantFrom('', 'a', 'ab', 'b', '2026-01-01T00:00:00Z', 0, 1, 2, -0.5, true, false, null);
const text = fc.constantFrom('a', 'ab', 'b');
const name = fc.constantFrom('n1', 'n2', 'n3', 'n4');
const names = fc.array(name, { minLength: 1, maxLength: 12 });

const json: fc.Memo<unknown> = fc.memo((depth) =>
  depth <= 1
    ? scalar
    : fc.oneof(
        scalar,
        fc.array(json(depth - 1), { maxLength: 3 }),
        fc.array(fc.tuple(key, json(depth - 1)), { maxLength: 4 }).map(asObject),
      ),
);

/** As the parser makes objects: a member called `__proto__` is one like any other. */
function asObject(entries: readonly (readonly [string, unknown])[]): unknown {
  return JSON.parse(`{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`);
}

const device = fc.record(
  {
    prn: name,
    identifier: name,
    tags: fc.oneof(fc.array(name), scalar),
    cohort: fc.oneof(fc.record({ cohort_prn: name }), fc.record({ prn: name }), scalar),
    product_prn: name,
  },
  { requiredKeys: [] },
);
const event = fc
  .record({ device: fc.option(device), product: fc.option(fc.record({ prn: name })), payload: json(4) })
  .map(({ device: one, product, payload }) => ({
    type: 'device',
    data: { data: { device: one, product, p: payload } },
  }));

const pointer = fc
  .array(key, { maxLength: 3 })
  .map((steps) =>
    ['', 'data', 'data', 'p', ...steps.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1'))].join('/'),
  );
const comparison = fc.oneof(
  fc.record({ pointer, eq: scalar }),
  fc.record({ pointer, in: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({ pointer, prefix: text }),
  fc.record({ pointer, exists: fc.boolean() }),
  fc.record({ pointer, gt: fc.oneof(text, fc.integer({ min: -1, max: 2 })) }),
  fc.record({ pointer, lt: fc.oneof(text, fc.integer({ min: -1, max: 2 })) }),
);
const condition: fc.Memo<Condition> = fc.memo((depth) => {
  if (depth <= 1) return comparison;
  const list = fc.array(condition(depth - 1), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    comparison,
    fc.record({ and: list }),
    fc.record({ or: list }),
    fc.record({ not: condition(depth - 1) }),
  );
});
// Names that are no PRNs: what is right is the reader's business, and it has tests of its own.
const filter: fc.Arbitrary<EventFilter> = fc.oneof(
  fc.record({ where: condition(4) }),
  fc.record({ devices: names }),
  fc
    .record({ devices: names, cohorts: names, tags: names, products: names, where: condition(3) }, { requiredKeys: [] })
    .filter((parts) => Object.keys(parts).length > 0),
);

/** What a filter means, word by word, over plain JSON and without any preparation. */
function interpret({ where, ...parts }: EventFilter, document: unknown): boolean {
  const all: boolean[] = FACT_PARTS.flatMap((part) => {
    const wanted = parts[part];
    return wanted === undefined ? [] : [wanted.some((one) => namesIn(document, part).includes(one))];
  });
  return all.every(Boolean) && (where === undefined || interpretCondition(where, document));
}

function member(of: unknown, wanted: string): unknown {
  return (of as Record<string, unknown> | null | undefined)?.[wanted];
}

function namesIn(document: unknown, part: (typeof FACT_PARTS)[number]): unknown[] {
  const payload = (document as { data: { data: Record<string, unknown> } }).data.data;
  const one = (payload['device'] ?? {}) as Record<string, unknown>;
  switch (part) {
    case 'devices':
      return [one['prn'], one['identifier']];
    case 'tags':
      return Array.isArray(one['tags']) ? one['tags'] : [];
    case 'cohorts':
      return [member(one['cohort'], 'cohort_prn'), member(one['cohort'], 'prn')];
    case 'products':
      return [one['product_prn'], member(payload['product'], 'prn')];
  }
}

function interpretCondition(one: Condition, document: unknown): boolean {
  if ('and' in one) return one.and.every((part) => interpretCondition(part, document));
  if ('or' in one) return one.or.some((part) => interpretCondition(part, document));
  if ('not' in one) return !interpretCondition(one.not, document);
  let found: { there: unknown } | undefined = { there: document };
  for (const step of one.pointer.split('/').slice(1)) {
    const member = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const entries: [string, unknown][] =
      typeof found?.there === 'object' && found.there !== null ? Object.entries(found.there) : [];
    const entry = entries.find(([candidate]) => candidate === member);
    found = entry && { there: entry[1] };
  }
  if ('exists' in one) return one.exists === (found !== undefined);
  if (found === undefined) return false;
  const { there } = found;
  if ('eq' in one) return Object.is(there, one.eq);
  if ('in' in one) return one.in.some((wanted) => Object.is(there, wanted));
  if ('prefix' in one) return typeof there === 'string' && there.slice(0, one.prefix.length) === one.prefix;
  const [left, right] = 'gt' in one ? [there, one.gt] : [one.lt, there];
  if (typeof left === 'number' && typeof right === 'number') return left - right > 0;
  return typeof left === 'string' && typeof right === 'string' && [left, right].toSorted()[0] !== left;
}

describe('a filter, whatever it is and whatever the event', () => {
  it('means the same compiled, explained and taken word by word', () => {
    let matched = 0;
    fc.assert(
      fc.property(filter, event, (one, document) => {
        const expected = interpret(one, document);
        if (expected) matched += 1;
        const facts = EventFacts.parse(Buffer.from(JSON.stringify(document)));
        expect(compileFilter(one)(facts)).toBe(expected);
        expect(explainFilter(one, facts).matches).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
    // Both answers must be common, or the comparison means little.
    expect(matched).toBeGreaterThan(300);
    expect(matched).toBeLessThan(1_700);
  });

  it('is decided by a clause that stands where it is said to stand', () => {
    fc.assert(
      fc.property(filter, event, (one, document) => {
        const { decidedBy } = explainFilter(one, new EventFacts(document));
        let stands: unknown = { filter: one };
        for (const step of decidedBy.path.split('.')) stands = (stands as Record<string, unknown>)[step];
        const last = decidedBy.path.split('.').at(-1) ?? '';
        const isPart = FACT_PARTS.some((part) => part === last);
        expect(decidedBy.condition).toEqual(isPart ? { [last]: stands } : stands);
      }),
    );
  });

  it('is read as it was written, and its JSON Schema takes it', () => {
    const isValid = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false }).compile(
      FILTER_JSON_SCHEMA,
    );
    fc.assert(
      fc.property(condition(3), names, (where, tags) => {
        const one = { tags, where };
        expect(readFilter(one)).toEqual({ kind: 'filter', filter: one });
        expect(isValid(one)).toBe(true);
      }),
    );
    expect(z.toJSONSchema(EventFilterField, { io: 'input' })).toMatchObject(FILTER_JSON_SCHEMA);
  });

  it('is refused or read, never thrown over, whatever JSON it is', () => {
    const loose = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        scalar,
        fc.dictionary(
          fc.constantFrom('where', 'and', 'or', 'not', 'pointer', 'eq', 'in', 'gt', 'tags', '__proto__'),
          tie('value'),
          { maxKeys: 4 },
        ),
        fc.array(tie('value'), { maxLength: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(loose, (value) => {
        const read = readFilter(value);
        const faults = read.kind === 'refused' ? read.faults.length : undefined;
        if (read.kind === 'filter') compileFilter(read.filter)(new EventFacts(value));
        expect(faults).not.toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });
});
