import type { Comparison, Condition } from './event-filter.js';
import type { FaultPath, FilterFaults } from './filter-faults.js';
import { FILTER_LIMITS } from './filter-limits.js';
import { parsePointer } from './json-pointer.js';
import { isMembers, readList, readScalar, readText, type Members } from './read-values.js';

const COMPARISONS = ['eq', 'in', 'prefix', 'exists', 'gt', 'lt'] as const;
const COMBINATIONS = ['and', 'or', 'not'] as const;
const OPERATORS: readonly Operator[] = [...COMPARISONS, ...COMBINATIONS];
type Operator = (typeof COMPARISONS)[number] | (typeof COMBINATIONS)[number];

const WHOLE = 'a condition';
const POINTER_WANTED = `must be a JSON pointer into the event, such as /data/data/reason, of at most ${FILTER_LIMITS.maxPointerSteps} steps`;

/** Reads one `where`, counting conditions and depth as it goes down: what is nested too deep is not looked at. */
export class ConditionReader {
  #conditions = 0;

  constructor(private readonly faults: FilterFaults) {}

  /** @returns undefined, with the faults noted, when it cannot be read */
  read(value: unknown, path: FaultPath, depth = 1): Condition | undefined {
    this.#conditions += 1;
    if (this.#conditions > FILTER_LIMITS.maxConditions) {
      if (this.#conditions === FILTER_LIMITS.maxConditions + 1)
        this.faults.add(path, `is one too many: a filter has at most ${FILTER_LIMITS.maxConditions} conditions`);
      return undefined;
    }
    if (depth > FILTER_LIMITS.maxDepth)
      return this.#refuse(path, `is nested too deep: at most ${FILTER_LIMITS.maxDepth} conditions within each other`);
    if (!isMembers(value)) return this.#refuse(path, 'must be a condition, an object');
    for (const name of Object.keys(value))
      if (name !== 'pointer' && !OPERATORS.some((known) => known === name)) this.faults.addUnknown(path, name, WHOLE);
    const [operator, ...more] = OPERATORS.filter((name) => Object.hasOwn(value, name));
    if (operator === undefined || more.length > 0)
      return this.#refuse(path, `must have exactly one of ${OPERATORS.join(', ')}`);
    switch (operator) {
      case 'and':
      case 'or':
      case 'not':
        if (Object.hasOwn(value, 'pointer')) this.faults.add([...path, 'pointer'], `does not go with ${operator}`);
        return this.#readCombination(operator, value[operator], [...path, operator], depth + 1);
      case 'eq':
      case 'in':
      case 'prefix':
      case 'exists':
      case 'gt':
      case 'lt':
        return this.#readComparison(operator, value, path);
    }
  }

  #readCombination(
    operator: (typeof COMBINATIONS)[number],
    operand: unknown,
    path: FaultPath,
    depth: number,
  ): Condition | undefined {
    if (operator === 'not') {
      const not = this.read(operand, path, depth);
      return not && { not };
    }
    const list = readList(operand, path, this.faults, (item, itemPath) => this.read(item, itemPath, depth));
    if (list === undefined) return undefined;
    return operator === 'and' ? { and: list } : { or: list };
  }

  #readComparison(operator: (typeof COMPARISONS)[number], value: Members, path: FaultPath): Comparison | undefined {
    const pointer = this.#readPointer(value['pointer'], [...path, 'pointer']);
    const operand = this.#readOperand(operator, value[operator], [...path, operator]);
    if (pointer === undefined || operand === undefined) return undefined;
    return { pointer, [operator]: operand } as unknown as Comparison;
  }

  #readPointer(value: unknown, path: FaultPath): string | undefined {
    if (value === undefined) return this.#refuse(path, 'is required');
    const text = readText(value, path, this.faults);
    if (text === undefined || parsePointer(text) !== undefined) return text;
    return this.#refuse(path, POINTER_WANTED);
  }

  #readOperand(operator: (typeof COMPARISONS)[number], value: unknown, path: FaultPath): unknown {
    switch (operator) {
      case 'eq':
        return readScalar(value, path, this.faults);
      case 'in':
        return readList(value, path, this.faults, (item, itemPath) => readScalar(item, itemPath, this.faults));
      case 'prefix':
        return readText(value, path, this.faults);
      case 'exists':
        return typeof value === 'boolean' ? value : this.#refuse(path, 'must be true or false');
      case 'gt':
      case 'lt':
        if (Number.isFinite(value)) return value;
        return typeof value === 'string'
          ? readText(value, path, this.faults)
          : this.#refuse(path, 'must be a number or a text');
    }
  }

  #refuse(path: FaultPath, message: string): undefined {
    this.faults.add(path, message);
    return undefined;
  }
}
