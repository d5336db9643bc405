import type { Condition, EventFilter } from './event-filter.js';
import type { FaultPath, FilterFault } from './filter-faults.js';

const INEXACT = 'is an integer beyond 2^53, which is not kept exactly; events have it as a text';

/**
 * Integers in a filter that may be others than were written: JSON.parse rounds what a double cannot keep. Asked of what a request brings
 * only: a filter that is stored already goes on being read, for one that cannot be read lets everything through.
 */
export function inexactNumbers({ where }: EventFilter): readonly FilterFault[] {
  return where === undefined ? [] : [...faultsIn(where, ['where'])];
}

function* faultsIn(condition: Condition, path: FaultPath): Generator<FilterFault, void, undefined> {
  for (const [operator, operand] of Object.entries(condition) as [string, unknown][]) {
    const place = [...path, operator];
    if (operator === 'not') yield* faultsIn(operand as Condition, place);
    else if (operator === 'and' || operator === 'or')
      for (const [index, inner] of (operand as readonly Condition[]).entries())
        yield* faultsIn(inner, [...place, index]);
    else if (Array.isArray(operand)) {
      for (const [index, item] of operand.entries())
        if (isInexact(item)) yield { path: [...place, index], message: INEXACT };
    } else if (isInexact(operand)) yield { path: place, message: INEXACT };
  }
}

const isInexact = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value);
