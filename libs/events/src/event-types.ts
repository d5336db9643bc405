import { LRUCache } from 'lru-cache';
import { catalogue, type JsonSchema } from './catalogue.js';
import { normaliseEventName, type EventName } from './names/event-name.js';
import { compileCatalogueSchema, compileSchema, type PayloadCheck } from './payload-check.js';
import type { Prn } from './names/prn.js';

/** An event type that can be taken in. */
export interface KnownEventType {
  readonly name: EventName;
  /** The name's halves: `device`, `connected`. */
  readonly category: string;
  readonly event: string;
  readonly check: PayloadCheck;
}

/** Why an event of a name cannot be taken in, in words for its sender. */
export type UnknownEventType = string;

/** Compiled schemas of organizations that are kept; each is some kilobytes. */
const MAX_COMPILED = 1_000;

/** The catalogue, and beside it what organizations registered; compiled when first used. */
export class EventTypes {
  readonly #shipped = new Map<string, KnownEventType | UnknownEventType>();
  readonly #registered = new Map<string, Map<string, JsonSchema>>();
  readonly #compiled = new LRUCache<string, KnownEventType | { unusable: string }>({ max: MAX_COMPILED });

  /** A name of the catalogue is checked by the catalogue's schema, whatever is registered under it. */
  register(organization: Prn<'organization'>, name: EventName, schema: JsonSchema): void {
    let schemas = this.#registered.get(organization);
    if (schemas === undefined) this.#registered.set(organization, (schemas = new Map<string, JsonSchema>()));
    schemas.set(name, schema);
    this.#compiled.delete(`${organization} ${name}`);
  }

  unregister(organization: Prn<'organization'>, name: EventName): void {
    const schemas = this.#registered.get(organization);
    schemas?.delete(name);
    if (schemas?.size === 0) this.#registered.delete(organization);
    this.#compiled.delete(`${organization} ${name}`);
  }

  clear(): void {
    this.#registered.clear();
    this.#compiled.clear();
  }

  /** How many types organizations registered. */
  get registered(): number {
    let registered = 0;
    for (const schemas of this.#registered.values()) registered += schemas.size;
    return registered;
  }

  /** @param spelled the name as the sender wrote it, hyphens included */
  find(organization: Prn<'organization'>, spelled: string): KnownEventType | UnknownEventType {
    return this.#shipped.get(spelled) ?? this.#findSlowly(organization, spelled);
  }

  #findSlowly(organization: Prn<'organization'>, spelled: string): KnownEventType | UnknownEventType {
    const name = normaliseEventName(spelled);
    if (name === undefined) return 'is not a name such as device.connected';
    const shipped = catalogue.get(name);
    if (shipped !== undefined) {
      const type = shipped.deliverable
        ? knownType(name, compileCatalogueSchema(shipped.schema))
        : `${name} is recorded by the platform and cannot be published`;
      // Two spellings per name at most, so that odd mixtures cannot fill the map.
      if (spelled === name || spelled === name.replaceAll('_', '-')) this.#shipped.set(spelled, type);
      return type;
    }
    const found = this.#compile(organization, name);
    if (found === undefined) return `${name} is not known; register it first`;
    return 'unusable' in found ? found.unusable : found;
  }

  #compile(organization: Prn<'organization'>, name: EventName): KnownEventType | { unusable: string } | undefined {
    const key = `${organization} ${name}`;
    const kept = this.#compiled.get(key);
    if (kept !== undefined) return kept;
    const schema = this.#registered.get(organization)?.get(name);
    if (schema === undefined) return undefined;
    let type: KnownEventType | { unusable: string };
    try {
      type = knownType(name, compileSchema(schema));
    } catch (error) {
      type = { unusable: `${name} is registered with a schema that cannot be used: ${(error as Error).message}` };
    }
    this.#compiled.set(key, type);
    return type;
  }
}

function knownType(name: EventName, check: PayloadCheck): KnownEventType {
  const [category = '', event = ''] = name.split('.');
  return { name, category, event, check };
}
