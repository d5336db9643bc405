import { compileFilter, type EventPredicate } from './compile-filter.js';
import type { EventFacts } from './event-facts.js';
import type { FilterFault } from './filter-faults.js';
import { readFilter } from './read-filter.js';

/**
 * A stored filter, compiled once: when the first event asks. Of very many filters most have not been asked yet, and as text they take a
 * fraction of the memory.
 *
 * One that cannot be read lets everything through: a later release may have written it, and too much can be ignored where too little is
 * lost.
 */
export function deferredFilter(filter: object, onUnreadable: (faults: readonly FilterFault[]) => void): EventPredicate {
  let text = JSON.stringify(filter);
  let wants: EventPredicate | undefined;
  return (event: EventFacts) => {
    if (wants === undefined) {
      const read = readFilter(JSON.parse(text));
      if (read.kind === 'refused') onUnreadable(read.faults);
      wants = read.kind === 'filter' ? compileFilter(read.filter) : () => true;
      text = '';
    }
    return wants(event);
  };
}
