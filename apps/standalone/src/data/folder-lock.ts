import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { commandLineOf } from '@fleethook/infrastructure';
import { StandaloneError } from '../standalone-error.js';
import type { DataFolder } from './data-folder.js';

const NAME = 'standalone.lock';
/** In every command line that may hold it. */
const MARK = 'standalone';

/**
 * Two on one data folder would spoil it. The lock names its holder; one that was killed holds nothing any more.
 * @returns gives it back
 * @throws StandaloneError DATA_FOLDER_IN_USE
 */
export async function lockFolder(folder: DataFolder): Promise<() => void> {
  const lock = folder.file(NAME);
  const mine = folder.file(`${NAME}.${process.pid}`);
  writeFileSync(mine, String(process.pid));
  try {
    for (;;) {
      try {
        linkSync(mine, lock);
        return () => rmSync(lock, { force: true });
      } catch (error) {
        if (!isExisting(error)) throw error;
      }
      const holder = holderOf(lock);
      if (holder !== undefined && holder !== process.pid && (await commandLineOf(holder)).includes(MARK)) {
        throw new StandaloneError(
          'DATA_FOLDER_IN_USE',
          `Process ${holder} already runs on the data folder ${folder.path}: stop it, or set FLEETHOOK_DATA_DIR to another folder (and other ports).`,
        );
      }
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

function holderOf(lock: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(lock, 'utf8'), 10);
    return pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
