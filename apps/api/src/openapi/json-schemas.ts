import { z } from 'zod';

export type Json = Readonly<Record<string, unknown>>;

/**
 * JSON Schemas of zod's, with the ones that have an id collected as components. Requests are described as they come in, replies as they
 * go out; replies are open, for clients are to pass over fields that they do not know.
 */
export class JsonSchemas {
  readonly components: Record<string, Json> = {};

  /** @throws Error when two different schemas have the same id */
  of(schema: z.ZodType, io: 'input' | 'output'): Json {
    const {
      $schema: _draft,
      $defs = {},
      ...made
    } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        // What a default or an example is before it is read is for the wire to know.
        const told = z.globalRegistry.get(zodSchema) as { default?: unknown; examples?: unknown[] } | undefined;
        if (told?.default !== undefined) Object.assign(jsonSchema, { default: told.default });
        if (told?.examples !== undefined) Object.assign(jsonSchema, { examples: told.examples });
        if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
        // That names are texts goes without saying.
        if (Object.keys(jsonSchema.propertyNames ?? {}).join() === 'type') delete jsonSchema.propertyNames;
        // Whole numbers that are exact: what JSON's readers take for granted.
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
        delete jsonSchema.id;
        // What a schema brings with it for its own references.
        for (const [id, component] of Object.entries(jsonSchema.$defs ?? {}))
          this.#add(id, referringToComponents(component));
        delete jsonSchema.$defs;
      },
    }) as Record<string, unknown> & { $defs?: Record<string, Json> };
    for (const [id, component] of Object.entries($defs)) this.#add(id, referringToComponents(component));
    return referringToComponents(made);
  }

  #add(id: string, component: Json): void {
    const known = this.components[id];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(component))
      throw new Error(`two schemas are called ${id}`);
    this.components[id] = component;
  }
}

function referringToComponents(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/')) as Json;
}
