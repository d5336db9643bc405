import { compileComparison } from './comparison.js';
import { FACT_PARTS, type Condition, type EventFilter, type FactPart } from './event-filter.js';
import type { EventFacts } from './event-facts.js';

/** A filter in its quick form: true for the events that it lets through. */
export type EventPredicate = (event: EventFacts) => boolean;

/** A list that is asked for every event: up to here a scan is as fast as a set, and much smaller. */
const MAX_SCANNED = 8;

/** Compiles a filter to closures, once; what it asks of every event is then no more than look-ups and comparisons. */
export function compileFilter(filter: EventFilter): EventPredicate {
  const parts: EventPredicate[] = [];
  for (const part of FACT_PARTS) {
    const wanted = filter[part];
    if (wanted !== undefined) parts.push(compileFact(part, wanted));
  }
  if (filter.where !== undefined) parts.push(compileCondition(filter.where));
  return allOf(parts);
}

function compileFact(part: FactPart, wanted: readonly string[]): EventPredicate {
  if (wanted.length <= MAX_SCANNED) return (event) => event[part].some((name) => wanted.includes(name));
  const set = new Set(wanted);
  return (event) => event[part].some((name) => set.has(name));
}

function compileCondition(condition: Condition): EventPredicate {
  if ('and' in condition) return allOf(condition.and.map(compileCondition));
  if ('or' in condition) {
    const any = condition.or.map(compileCondition);
    return (event) => any.some((holds) => holds(event));
  }
  if ('not' in condition) {
    const holds = compileCondition(condition.not);
    return (event) => !holds(event);
  }
  return compileComparison(condition);
}

function allOf(all: readonly EventPredicate[]): EventPredicate {
  const [first, second] = all;
  if (first !== undefined && all.length === 1) return first;
  if (first !== undefined && second !== undefined && all.length === 2) return (event) => first(event) && second(event);
  return (event) => all.every((holds) => holds(event));
}
