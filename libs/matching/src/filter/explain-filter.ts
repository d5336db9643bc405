import { compileComparison, stepsOf } from './comparison.js';
import { FACT_PARTS, type Condition, type EventFilter } from './event-filter.js';
import type { EventFacts } from './event-facts.js';

/** The clause on which it hung. */
export interface Decision {
  /** Where it stands: `filter.where.and.1`. */
  readonly path: string;
  /** The clause itself; of the fleet's parts with its name: `{"tags": [...]}`. */
  readonly condition: Readonly<Record<string, unknown>>;
  /** What the event has there. Undefined: nothing, or the clause is made of others that decided only together. */
  readonly value?: unknown;
}

export interface Explanation {
  readonly matches: boolean;
  readonly decidedBy: Decision;
}

/**
 * Says whether a filter lets an event through, and which clause decided: the first that fails where all must hold, the first that holds
 * where one is enough, and the whole where no single one did.
 */
export function explainFilter(filter: EventFilter, event: EventFacts): Explanation {
  const parts: Explanation[] = [];
  for (const part of FACT_PARTS) {
    const wanted = filter[part];
    if (wanted === undefined) continue;
    const value = event[part];
    const matches = value.some((name) => wanted.includes(name));
    parts.push({
      matches,
      decidedBy: { path: `filter.${part}`, condition: { [part]: wanted }, ...(value.length > 0 && { value }) },
    });
  }
  if (filter.where !== undefined) parts.push(explain(filter.where, 'filter.where', event));
  return combined(parts, false, { path: 'filter', condition: filter });
}

function explain(condition: Condition, path: string, event: EventFacts): Explanation {
  if ('and' in condition) {
    const each = condition.and.map((part, index) => explain(part, `${path}.and.${index}`, event));
    return combined(each, false, { path, condition });
  }
  if ('or' in condition) {
    const each = condition.or.map((part, index) => explain(part, `${path}.or.${index}`, event));
    return combined(each, true, { path, condition });
  }
  if ('not' in condition) {
    const { matches, decidedBy } = explain(condition.not, `${path}.not`, event);
    return { matches: !matches, decidedBy };
  }
  const value = event.at(stepsOf(condition.pointer));
  return { matches: compileComparison(condition)(event), decidedBy: { path, condition, value } };
}

/** @param decisive what one of them is enough to make the whole */
function combined(each: readonly Explanation[], decisive: boolean, whole: Decision): Explanation {
  const first = each.find(({ matches }) => matches === decisive);
  if (first !== undefined) return first;
  const [only] = each;
  return only !== undefined && each.length === 1 ? only : { matches: !decisive, decidedBy: whole };
}
