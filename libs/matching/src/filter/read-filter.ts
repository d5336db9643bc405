import { isPrn } from '@fleethook/events';
import { FACT_PARTS, type Condition, type EventFilter, type FactPart } from './event-filter.js';
import { FilterFaults, type FaultPath, type FilterFault } from './filter-faults.js';
import { FILTER_LIMITS } from './filter-limits.js';
import { ConditionReader } from './read-condition.js';
import { isMembers, readList, readText } from './read-values.js';

export type FilterRead =
  | { readonly kind: 'filter'; readonly filter: EventFilter }
  | { readonly kind: 'refused'; readonly faults: readonly FilterFault[] };

const PARTS: readonly string[] = [...FACT_PARTS, 'where'];

/** Reads a filter from JSON, and says everything that is wrong with it and where. Unknown parts are wrong: what is misspelt must not be left out in silence. */
export function readFilter(value: unknown): FilterRead {
  const faults = new FilterFaults();
  const filter = readParts(value, faults);
  if (filter === undefined || faults.all.length > 0) return { kind: 'refused', faults: faults.all };
  // Last, when its depth is known to be bounded.
  if (Buffer.byteLength(JSON.stringify(filter)) <= FILTER_LIMITS.maxBytes) return { kind: 'filter', filter };
  return {
    kind: 'refused',
    faults: [{ path: [], message: `must be at most ${FILTER_LIMITS.maxBytes} bytes as JSON` }],
  };
}

function readParts(value: unknown, faults: FilterFaults): EventFilter | undefined {
  if (!isMembers(value)) {
    faults.add([], 'must be a filter, an object');
    return undefined;
  }
  for (const name of Object.keys(value)) if (!PARTS.includes(name)) faults.addUnknown([], name, 'a filter');
  const filter: { -readonly [Part in FactPart]?: readonly string[] } & { where?: Condition } = {};
  let given = 0;
  for (const part of FACT_PARTS) {
    if (!Object.hasOwn(value, part)) continue;
    given += 1;
    const list = readList(value[part], [part], faults, (item, path) => readName(part, item, path, faults));
    if (list !== undefined) filter[part] = list;
  }
  if (Object.hasOwn(value, 'where')) {
    given += 1;
    const where = new ConditionReader(faults).read(value['where'], ['where']);
    if (where !== undefined) filter.where = where;
  }
  if (given === 0) faults.add([], `must have at least one of ${PARTS.join(', ')}; null is no filter`);
  return filter;
}

const IS_NAME: Readonly<Record<FactPart, { readonly test: (text: string) => boolean; readonly wanted: string }>> = {
  devices: {
    test: (text) => !text.startsWith('prn:') || isPrn(text, 'device'),
    wanted: 'must be the PRN of a device, in lower case, or its identifier',
  },
  cohorts: { test: (text) => isPrn(text, 'cohort'), wanted: 'must be the PRN of a cohort, in lower case' },
  tags: { test: () => true, wanted: 'must be a tag' },
  products: { test: (text) => isPrn(text, 'product'), wanted: 'must be the PRN of a product, in lower case' },
};

function readName(part: FactPart, item: unknown, path: FaultPath, faults: FilterFaults): string | undefined {
  const text = readText(item, path, faults);
  const { test, wanted } = IS_NAME[part];
  if (text === undefined || test(text)) return text;
  faults.add(path, wanted);
  return undefined;
}
