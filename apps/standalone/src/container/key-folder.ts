import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { types } from 'node:util';

/** For the one user of all our containers. */
const OWNER_ONLY = 0o400;
/** For a container of somebody else's, whose user we do not know: its folder is mounted there and nowhere else. */
export const EVERY_USER = 0o444;

/** A folder with one secret a file, as containers mount them. What is there stays: it may be the operator's own. */
export class KeyFolder {
  constructor(
    private readonly folder: string,
    private readonly onMade: (file: string) => void,
  ) {}

  /** @returns the secret, made now if there was none */
  ensure(name: string, make: () => string, mode = OWNER_ONLY): string {
    const file = path.join(this.folder, name);
    if (!existsSync(file)) {
      // Whole or not at all, and never over one that another start has made meanwhile.
      const half = path.join(this.folder, `.${name}.${randomUUID()}`);
      writeFileSync(half, `${make()}\n`, { mode });
      chmodSync(half, mode);
      if (this.link(half, file)) this.onMade(file);
      rmSync(half);
    }
    return readFileSync(file, 'utf8').trim();
  }

  private link(half: string, file: string): boolean {
    try {
      linkSync(half, file);
      return true;
    } catch (error) {
      if (types.isNativeError(error) && 'code' in error && error.code === 'EEXIST') return false;
      throw error;
    }
  }
}
