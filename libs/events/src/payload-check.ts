import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { JsonSchema } from './catalogue.js';
import { EventError } from './event-error.js';
import { FieldErrorList, pointerTo, type FieldErrors } from './field-errors.js';

/** What is wrong with a payload, by pointer from the event (`/data/data/...`); undefined when nothing is. */
export type PayloadCheck = (payload: unknown) => FieldErrors | undefined;

const PAYLOAD = '/data/data';

const OPTIONS: Options = { allErrors: true, allowUnionTypes: true, logger: false };
const REGISTERED: Options = { ...OPTIONS, strict: false };

let shippedAjv: Ajv2020 | undefined;
let metaSchemaAjv: Ajv2020 | undefined;

/** Compiles a schema of the catalogue. */
export function compileCatalogueSchema(schema: JsonSchema): PayloadCheck {
  shippedAjv ??= new Ajv2020({ ...OPTIONS, strict: true, strictRequired: false, unicodeRegExp: false });
  return checkOf(shippedAjv.compile(schema));
}

/**
 * Compiles a schema that an organization registered: whatever draft 2020-12 allows, unknown keywords included, but self-contained.
 * Takes some milliseconds.
 * @throws EventError SCHEMA_INVALID
 */
export function compileSchema(schema: JsonSchema): PayloadCheck {
  // An asynchronous check would answer with a promise, which is never a fault.
  if ('$async' in schema) throw new EventError('SCHEMA_INVALID', { reason: '$async is not supported' });
  try {
    metaSchemaAjv ??= new Ajv2020(REGISTERED);
    if (metaSchemaAjv.validateSchema(schema) !== true)
      throw new Error(metaSchemaAjv.errorsText(metaSchemaAjv.errors, { dataVar: 'schema' }));
    // An instance of its own: an instance remembers every `$id` within a schema, and two organizations may use the same one.
    // Own properties only: a schema may well name a property `constructor`.
    const ajv = new Ajv2020({ ...REGISTERED, validateSchema: false, ownProperties: true });
    addFormats.default(ajv);
    return checkOf(ajv.compile(schema));
  } catch (cause) {
    throw new EventError(
      'SCHEMA_INVALID',
      { reason: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  }
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
    else list.add(pointer, error.message ?? `fails ${error.keyword}`);
  }
  return list.errors;
}
