import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonSchema } from './catalogue.js';
import { EventError } from './event-error.js';
import { FieldErrorList, pointerTo, type FieldErrors } from './field-errors.js';
import { compileRegistered, type RegisteredCheck } from './registered/compile-registered.js';
import { schemaFaults } from './registered/schema-faults.js';
import { TooMuchWork } from './registered/work-budget.js';

/** What is wrong with a payload, by pointer from the event (`/data/data/...`); undefined when nothing is. */
export type PayloadCheck = (payload: unknown) => FieldErrors | undefined;

const PAYLOAD = '/data/data';

const SHIPPED: Options = {
  allErrors: true,
  allowUnionTypes: true,
  logger: false,
  strict: true,
  strictRequired: false,
  unicodeRegExp: false,
};

let shippedAjv: Ajv2020 | undefined;
let metaSchemaAjv: Ajv2020 | undefined;

/** Compiles a schema of the catalogue. */
export function compileCatalogueSchema(schema: JsonSchema): PayloadCheck {
  shippedAjv ??= new Ajv2020(SHIPPED);
  return checkOf(shippedAjv.compile(schema));
}

/** A schema that somebody wants to register: its check, or everything that is wrong with it, by pointer into it. */
export type SchemaReading =
  | { readonly kind: 'usable'; readonly check: PayloadCheck }
  | { readonly kind: 'unusable'; readonly faults: FieldErrors };

/**
 * Compiles a schema that an organization registered: what draft 2020-12 allows, unknown keywords included, as far as it is self-contained
 * and can be checked in bounded time. Takes some milliseconds.
 */
export function readSchema(schema: JsonSchema): SchemaReading {
  const faults = schemaFaults(schema) ?? invalidities(schema);
  if (faults !== undefined) return { kind: 'unusable', faults };
  try {
    return { kind: 'usable', check: boundedCheckOf(compileRegistered(schema)) };
  } catch (error) {
    return { kind: 'unusable', faults: { '': [reasonOf(error)] } };
  }
}

/** @throws EventError SCHEMA_INVALID */
export function compileSchema(schema: JsonSchema): PayloadCheck {
  const reading = readSchema(schema);
  if (reading.kind === 'usable') return reading.check;
  throw new EventError('SCHEMA_INVALID', { reason: schemaSentences(reading.faults).join('; ') });
}

/** `the schema has more than 32768 bytes`, `/properties/door/$ref is not supported`. */
export function schemaSentences(faults: FieldErrors): string[] {
  return Object.entries(faults).flatMap(([pointer, messages]) =>
    messages.map((message) => `${pointer === '' ? 'the schema' : pointer} ${message}`),
  );
}

/** What the meta-schema says. */
function invalidities(schema: JsonSchema): FieldErrors | undefined {
  const faults = new FieldErrorList();
  metaSchemaAjv ??= new Ajv2020({ allErrors: true, strict: false, logger: false });
  if (metaSchemaAjv.validateSchema(schema) !== true)
    for (const error of metaSchemaAjv.errors ?? []) faults.add(error.instancePath, messageOf(error));
  return faults.errors;
}

function boundedCheckOf(check: RegisteredCheck): PayloadCheck {
  return (payload) => {
    try {
      return errorsOf(check(payload));
    } catch (error) {
      // A schema that steps from itself to itself for every level can be deeper than the stack.
      if (error instanceof TooMuchWork || error instanceof RangeError)
        return { [PAYLOAD]: ['takes more work to check against its schema than one event may'] };
      throw error;
    }
  };
}

function checkOf(validate: ValidateFunction): PayloadCheck {
  return (payload) => (validate(payload) ? undefined : errorsOf(validate.errors ?? []));
}

function errorsOf(errors: readonly ErrorObject[]): FieldErrors | undefined {
  const list = new FieldErrorList();
  for (const error of errors) {
    if (list.isFull) break;
    const pointer = `${PAYLOAD}${error.instancePath}`;
    const params = error.params as Readonly<Record<string, unknown>>;
    const missing = params['missingProperty'];
    const extra = params['additionalProperty'] ?? params['unevaluatedProperty'];
    if (typeof missing === 'string') list.add(pointerTo(pointer, missing), 'is required');
    else if (typeof extra === 'string') list.add(pointerTo(pointer, extra), 'is not allowed here');
    else list.add(pointer, messageOf(error));
  }
  return list.errors;
}

const messageOf = (error: ErrorObject): string => error.message ?? `fails ${error.keyword}`;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
