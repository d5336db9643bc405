import { FieldErrorList, pointerTo, type FieldErrors } from '../field-errors.js';
import { linearPattern } from './linear-pattern.js';
import { schemaNodes, type SchemaNode } from './schema-tree.js';

export const MAX_SCHEMA_BYTES = 32 * 1_024;
export const MAX_SCHEMA_DEPTH = 32;
/** Each becomes code of its own. */
const MAX_SCHEMAS_WITHIN = 500;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** Keywords whose meaning depends on where a schema is called from, or on more than one document. */
const UNSUPPORTED = ['$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$recursiveAnchor', '$async', '$data'];

/**
 * Why a registered schema could not be used safely, by pointer into it; undefined when it can. It must be self-contained and of bounded
 * size, refer only to schemas within itself, step into the payload before it refers back to itself, and match patterns in linear time.
 * Whether it is a valid JSON Schema is for the meta-schema to say.
 */
export function schemaFaults(schema: Readonly<Record<string, unknown>>): FieldErrors | undefined {
  const faults = new FieldErrorList();
  if (isDeeperThan(schema, MAX_SCHEMA_DEPTH)) faults.add('', `is nested deeper than ${MAX_SCHEMA_DEPTH} levels`);
  else if (Buffer.byteLength(JSON.stringify(schema)) > MAX_SCHEMA_BYTES)
    faults.add('', `has more than ${MAX_SCHEMA_BYTES} bytes`);
  if (faults.any) return faults.errors;
  const nodes = schemaNodes(schema);
  if (nodes.length > MAX_SCHEMAS_WITHIN) {
    faults.add('', `holds more than ${MAX_SCHEMAS_WITHIN} schemas`);
    return faults.errors;
  }
  const { $schema: dialect = DIALECT } = schema;
  if (dialect !== DIALECT && dialect !== `${DIALECT}#`) faults.add('/$schema', `must be ${DIALECT}, or left out`);
  const references = new References(nodes);
  for (const node of nodes) {
    keywordFaults(node, faults);
    patternFaults(node, faults);
    const reference = node.schema['$ref'];
    if (typeof reference === 'string' && references.target(reference) === undefined)
      faults.add(pointerTo(node.pointer, '$ref'), 'must refer to a schema within this one, such as #/$defs/door');
  }
  for (const pointer of references.endless()) faults.add(pointer, 'refers to itself without end');
  return faults.errors;
}

/** Without recursion: what comes in can be nested as deep as it is long. */
export function isDeeperThan(value: unknown, maxDepth: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return true;
    level = level.flatMap((inner) =>
      typeof inner === 'object' && inner !== null ? (Object.values(inner) as unknown[]) : [],
    );
  }
  return false;
}

function keywordFaults({ schema, pointer }: SchemaNode, faults: FieldErrorList): void {
  for (const keyword of UNSUPPORTED)
    if (Object.hasOwn(schema, keyword)) faults.add(pointerTo(pointer, keyword), 'is not supported');
  if (pointer !== '' && Object.hasOwn(schema, '$id'))
    faults.add(pointerTo(pointer, '$id'), 'is not supported within a schema');
}

function patternFaults({ schema, pointer }: SchemaNode, faults: FieldErrorList): void {
  const { pattern, patternProperties } = schema;
  if (typeof pattern === 'string') patternFault(pattern, pointerTo(pointer, 'pattern'), faults);
  if (typeof patternProperties !== 'object' || patternProperties === null) return;
  for (const key of Object.keys(patternProperties))
    patternFault(key, pointerTo(pointerTo(pointer, 'patternProperties'), key), faults);
}

function patternFault(source: string, pointer: string, faults: FieldErrorList): void {
  const pattern = linearPattern(source);
  if ('refused' in pattern) faults.add(pointer, pattern.refused);
}

/** Which schema a `$ref` means: a pointer or an anchor, and only one that was walked, so that all that can be reached is bounded. */
class References {
  readonly #targets = new Map<string, SchemaNode>();

  constructor(private readonly nodes: readonly SchemaNode[]) {
    for (const node of nodes) {
      this.#targets.set(`#${node.pointer}`, node);
      const anchor = node.schema['$anchor'];
      if (typeof anchor === 'string') this.#targets.set(`#${anchor}`, node);
    }
  }

  target(reference: string): SchemaNode | undefined {
    return this.#targets.get(reference) ?? this.#targets.get(decoded(reference));
  }

  /** Schemas from which a way leads back to themselves while the value stays the same. */
  endless(): string[] {
    const done = new Set<SchemaNode>();
    const open = new Set<SchemaNode>();
    const found: string[] = [];
    const visit = (node: SchemaNode): void => {
      if (done.has(node)) return;
      if (open.has(node)) {
        found.push(node.pointer);
        return;
      }
      open.add(node);
      const reference = node.schema['$ref'];
      const target = typeof reference === 'string' ? this.target(reference) : undefined;
      for (const next of target === undefined ? node.onSameValue : [...node.onSameValue, target]) visit(next);
      open.delete(node);
      done.add(node);
    };
    for (const node of this.nodes) visit(node);
    return found;
  }
}

/** A pointer in a URI fragment may be percent-encoded (RFC 6901 §6). */
function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}
