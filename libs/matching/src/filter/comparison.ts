import type { Comparison } from './event-filter.js';
import type { EventFacts } from './event-facts.js';
import { parsePointer, type PointerSteps } from './json-pointer.js';

/**
 * What a comparison asks of an event. Nothing is converted: a number is never equal to, above or below a text; what is not there passes
 * only `{"exists": false}`. Texts are ordered by UTF-16 code unit, which is right for ISO 8601 times of one form, and wrong for versions.
 *
 * One closure each: filters are asked in their hundreds, and what is spread over the memory costs more than what it computes.
 */
export function compileComparison(comparison: Comparison): (event: EventFacts) => boolean {
  const steps = stepsOf(comparison.pointer);
  if ('eq' in comparison) {
    const { eq } = comparison;
    return (event) => event.at(steps) === eq;
  }
  if ('in' in comparison) {
    const wanted: readonly unknown[] = comparison.in;
    return (event) => wanted.includes(event.at(steps));
  }
  if ('prefix' in comparison) {
    const { prefix } = comparison;
    return (event) => {
      const value = event.at(steps);
      return typeof value === 'string' && value.startsWith(prefix);
    };
  }
  if ('exists' in comparison) {
    const { exists } = comparison;
    return (event) => (event.at(steps) !== undefined) === exists;
  }
  if ('gt' in comparison) {
    const { gt } = comparison;
    return (event) => {
      const value = event.at(steps);
      return typeof value === typeof gt && (value as typeof gt) > gt;
    };
  }
  const { lt } = comparison;
  return (event) => {
    const value = event.at(steps);
    return typeof value === typeof lt && (value as typeof lt) < lt;
  };
}

const MAX_SHARED = 1_000;
const shared = new Map<string, PointerSteps>();

/** The steps of a pointer that was checked. Very many filters ask for few places: the same pointer is mostly the same object. */
export function stepsOf(pointer: string): PointerSteps {
  const known = shared.get(pointer);
  if (known !== undefined) return known;
  const steps = parsePointer(pointer) ?? [];
  if (shared.size < MAX_SHARED) shared.set(pointer, steps);
  return steps;
}
