import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { newApiKey } from '@fleethook/messages';
import { z } from 'zod';
import { StandaloneError } from '../standalone-error.js';

const keysSchema = z.object({ secretsKey: z.string(), apiKey: z.string() });
export type GeneratedKeys = z.infer<typeof keysSchema>;

/** The folder of everything that has to outlive a stop; what is secret in it is for its owner alone. */
export class DataFolder {
  readonly path: string;

  /** @throws StandaloneError DATA_FOLDER_UNUSABLE */
  constructor(folder: string) {
    this.path = path.resolve(folder);
    try {
      mkdirSync(this.path, { recursive: true });
      this.writePrivate('.writable', '');
      rmSync(this.file('.writable'));
    } catch (error) {
      throw new StandaloneError(
        'DATA_FOLDER_UNUSABLE',
        `The data folder ${this.path} cannot be written (${error instanceof Error ? error.message : String(error)}): set FLEETHOOK_DATA_DIR to one that can.`,
        { cause: error },
      );
    }
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  /** Made once; who loses them loses what was sealed with them. @throws StandaloneError KEYS_UNREADABLE */
  keys(): GeneratedKeys {
    const file = this.file('keys.json');
    if (existsSync(file)) {
      const parsed = keysSchema.safeParse(readJson(file));
      if (parsed.success) return parsed.data;
      throw new StandaloneError(
        'KEYS_UNREADABLE',
        `${file} cannot be read; it holds the key that seals webhook secrets. Restore it, or start with another FLEETHOOK_DATA_DIR.`,
      );
    }
    const keys = { secretsKey: randomBytes(32).toString('base64'), apiKey: newApiKey() };
    this.writePrivate('keys.json', `${JSON.stringify(keys, null, 2)}\n`);
    return keys;
  }

  /** Whole or not at all, and never readable for others. */
  writePrivate(name: string, text: string): void {
    const half = this.file(`${name}.new`);
    writeFileSync(half, text, { mode: 0o600 });
    // The mode above is only for a file that is made.
    chmodSync(half, 0o600);
    renameSync(half, this.file(name));
  }

  readJson(name: string): unknown {
    return existsSync(this.file(name)) ? readJson(this.file(name)) : undefined;
  }

  remove(name: string): void {
    rmSync(this.file(name), { force: true });
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}
