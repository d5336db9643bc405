import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats, { type FormatName } from 'ajv-formats';
import { areDistinct } from './distinct-items.js';
import { linearPattern } from './linear-pattern.js';
import { schemaNodes, type SchemaNode } from './schema-tree.js';
import { TooMuchWork, WorkBudget } from './work-budget.js';

/**
 * The formats that are checked; others say something to people only. Each is one pass over the text: `url`, say, is not, and `regex`
 * would run what a payload brings.
 */
const FORMATS: FormatName[] = [
  ...(['date', 'time', 'date-time', 'duration'] as const),
  ...(['email', 'hostname', 'ipv4', 'ipv6'] as const),
  ...(['uri', 'uri-reference', 'uri-template', 'uuid'] as const),
  ...(['json-pointer', 'relative-json-pointer'] as const),
];

/** Stands in every schema that is compiled: what looking at one value with it costs beside its length. */
const WORK = 'x-fleethook-work';
/** What is done once per value, in the budget's units. */
const WORK_PER_SCHEMA = 8;
/** Lengths are counted and formats matched character by character. */
const WORK_PER_CHARACTER = 0.5;
/** Faults are kept in memory until the last is found. */
const SHARE_FOR_ALL_FAULTS = 1 / 16;

const OPTIONS: Options = {
  allowUnionTypes: true,
  logger: false,
  strict: false,
  validateSchema: false,
  // What is referred to often is compiled once all the same: a small schema must not become much code.
  inlineRefs: false,
};

/** Nothing for a payload that is valid; else all that is wrong, or the first fault where finding all is much work. @throws TooMuchWork */
export type RegisteredCheck = (payload: unknown) => readonly ErrorObject[];

/**
 * Compiles a schema without faults (schema-faults.ts) into checks whose work is counted, so that no payload can hold up a process.
 * An instance of its own: an instance remembers every `$id` and anchor, and two organizations may use the same one.
 */
export function compileRegistered(schema: Readonly<Record<string, unknown>>): RegisteredCheck {
  const counted = withWork(schema);
  const budget = new WorkBudget();
  const first = compile(counted, budget, false);
  // Few payloads are wrong, and most types never see one.
  let all: ValidateFunction | undefined;
  return (payload) => {
    budget.refill();
    if (first(payload)) return [];
    all ??= compile(counted, budget, true);
    budget.refill(SHARE_FOR_ALL_FAULTS);
    try {
      all(payload);
      return all.errors ?? [];
    } catch (error) {
      if (error instanceof TooMuchWork) return first.errors ?? [];
      throw error;
    }
  };
}

function compile(schema: object, budget: WorkBudget, allErrors: boolean): ValidateFunction {
  // Own properties only: a schema may well name a property `constructor`.
  const ajv = new Ajv2020({ ...OPTIONS, allErrors, ownProperties: true, code: { regExp: patternEngine(budget) } });
  addFormats.default(ajv, { mode: 'fast', formats: FORMATS, keywords: false });
  ajv.addKeyword({
    keyword: WORK,
    schemaType: 'number',
    errors: false,
    before: '$ref',
    validate: (weight: number, data: unknown) => {
      budget.spend(weight + (typeof data === 'string' ? data.length * WORK_PER_CHARACTER : 0));
      return true;
    },
  });
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must not have equal items' },
    validate: (wanted: boolean, items: unknown[]) =>
      !wanted || areDistinct(items, (characters) => budget.spend(characters * WORK_PER_CHARACTER)),
  });
  return ajv.compile(schema);
}

/** Ajv's way of bringing in a matcher: what `new RegExp` would be. */
function patternEngine(budget: WorkBudget) {
  const engine = (source: string) => {
    const pattern = linearPattern(source);
    if ('refused' in pattern) throw new Error(`the pattern ${JSON.stringify(source)} ${pattern.refused}`);
    return {
      test: (text: string) => {
        budget.spend(WORK_PER_SCHEMA + text.length * pattern.size);
        return pattern.test(text);
      },
      toString: () => source,
    };
  };
  return Object.assign(engine, { code: 'linearPattern' });
}

/** A copy in which every schema says what it costs. */
function withWork(schema: Readonly<Record<string, unknown>>): object {
  const copy = structuredClone(schema) as Record<string, unknown>;
  for (const node of schemaNodes(copy)) (node.schema as Record<string, unknown>)[WORK] = workOf(node);
  return copy;
}

/** Lists of names and values are gone through for every value. */
function workOf({ schema }: SchemaNode): number {
  let work = WORK_PER_SCHEMA;
  for (const value of Object.values(schema))
    if (typeof value === 'object' && value !== null) work += Object.keys(value).length;
  return work;
}
