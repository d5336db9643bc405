import { beginningOf } from '@fleethook/events';
import { FILTER_LIMITS } from './filter-limits.js';

export type FaultPath = readonly (string | number)[];

/** What is wrong with a filter, and where in it: `['where', 'and', 1, 'pointer']`. */
export interface FilterFault {
  readonly path: FaultPath;
  readonly message: string;
}

/** A name that is not ours is repeated up to here. */
const MAX_NAME_CHARACTERS = 64;

/** Collects what is wrong, up to a bound. */
export class FilterFaults {
  readonly all: FilterFault[] = [];

  add(path: FaultPath, message: string): void {
    if (this.all.length < FILTER_LIMITS.maxFaults) this.all.push({ path, message });
  }

  addUnknown(path: FaultPath, name: string, whole: string): void {
    this.add([...path, beginningOf(name, MAX_NAME_CHARACTERS)], `is not a part of ${whole}`);
  }
}
