import type { CatalogueEntry } from './catalogue.js';
import type { JsonObject } from './envelope/envelope.js';
import type { Prn } from './names/prn.js';

/** Whose devices, releases and cohorts are in the examples. */
const OF_EXAMPLES = 'prn:1:0194c1a0-5f3e-7c21-9b4d-2f6a8e1c7d90';

/** A type's example as an organization would send it: what it names is the organization's own, so that the history finds it. */
export function exampleIn(organization: Prn<'organization'>, { example }: CatalogueEntry): JsonObject {
  return JSON.parse(JSON.stringify(example).replaceAll(`"${OF_EXAMPLES}`, `"${organization}`)) as JsonObject;
}
