import { z } from 'zod';

/** One environment variable: its name, what it may hold, and what it is for. */
export interface Setting<T> {
  readonly variable: string;
  /** Reads the variable's text; a default belongs into the schema. */
  readonly schema: z.ZodType<T, string | undefined>;
  readonly help: string;
  /** Never printed, neither in the start-up summary nor in a fault. */
  readonly secret: boolean;
  /** The default as one would write it, for the documentation; undefined where there is none. */
  readonly defaultText: string | undefined;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The values that `readSettings` returns for a table of settings. */
export type SettingsOf<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

export function setting<T>(
  variable: string,
  schema: z.ZodType<T, string | undefined>,
  options: { help: string; secret?: boolean; default?: string },
): Setting<T> {
  const { help, secret = false, default: defaultText } = options;
  const withDefault =
    defaultText === undefined
      ? schema
      : z
          .string()
          .optional()
          .transform((value): string | undefined => value ?? defaultText)
          .pipe(schema);
  return { variable, schema: withDefault, help, secret, defaultText };
}
