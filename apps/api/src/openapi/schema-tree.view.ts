import { html, prose, type Html } from './html.js';
import type { Json } from './json-schemas.js';

/** Filters, say, hold filters: beyond this the page says no more. */
const MAX_DEPTH = 6;

/** A JSON Schema in words, its fields as a list within a list. @param resolve follows a `$ref` */
export function schemaTree(schema: Json, resolve: (part: Json) => Json, depth = 0): Html {
  const known = resolve(schema);
  const { description } = known as { description?: string };
  const within = depth === 0 ? description : undefined;
  return html`<span class="soft">${summaryOf(known, resolve)}</span
    >${within === undefined ? '' : html` ${prose(within)}`}${fieldsOf(known, resolve, depth)}`;
}

function fieldsOf(schema: Json, resolve: (part: Json) => Json, depth: number): Html {
  if (depth >= MAX_DEPTH) return html``;
  const {
    properties,
    items,
    anyOf,
    required = [],
  } = schema as {
    properties?: Readonly<Record<string, Json>>;
    items?: Json;
    anyOf?: readonly Json[];
    required?: readonly string[];
  };
  if (properties !== undefined)
    return html`<ul>
      ${Object.entries(properties).map(([name, inner]) => {
        const { description } = resolve(inner) as { description?: string };
        return html`<li>
          <code>${name}</code>${required.includes(name) ? '' : html` <span class="soft">optional</span>`}
          ${schemaTree(inner, resolve, depth + 1)} ${prose(description ?? '')}
        </li>`;
      })}
    </ul>`;
  if (items !== undefined) return fieldsOf(resolve(items), resolve, depth + 1);
  const first = anyOf?.map(resolve).find((part) => part['properties'] !== undefined || part['items'] !== undefined);
  return first === undefined ? html`` : fieldsOf(first, resolve, depth + 1);
}

const MAX_BOUND_LENGTH = 40;
const BOUNDS = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'pattern', 'default'] as const;

/** `string, maxLength 128`; `one of asc, desc`; `list of string`. */
function summaryOf(schema: Json, resolve: (part: Json) => Json): string {
  const { type, format, items, anyOf } = schema as {
    type?: string | string[];
    format?: string;
    items?: Json;
    anyOf?: Json[];
  };
  if (anyOf !== undefined) return [...new Set(anyOf.map((part) => summaryOf(resolve(part), resolve)))].join(' or ');
  if (Array.isArray(schema['enum'])) return `one of ${schema['enum'].join(', ')}${told(schema, ['default'])}`;
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  const kind = [type ?? 'anything'].flat().join(' or ');
  const named = format === undefined ? kind : `${kind} (${format})`;
  return (items === undefined ? named : `list of ${summaryOf(resolve(items), resolve)}`) + told(schema, BOUNDS);
}

function told(schema: Json, names: readonly string[]): string {
  return names
    .flatMap((name) => {
      const value = JSON.stringify(schema[name]) as string | undefined;
      // A PRN's pattern, say, is for programs.
      return value === undefined || value.length > MAX_BOUND_LENGTH ? [] : [`, ${name} ${value}`];
    })
    .join('');
}
