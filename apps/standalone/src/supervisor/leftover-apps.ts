import type { AppName } from '@fleethook/config';
import { endLeftover, messageOf, notePid, type Say } from '@fleethook/infrastructure';
import { APPS_IN_STOP_ORDER, DRAIN_MS } from '../apps.js';
import type { DataFolder } from '../data/data-folder.js';
import { scriptOf } from './launch-app.js';

/** After its own time to drain it ends by itself. */
const AFTER_DRAIN_MS = 5_000;

const pidFileOf = (folder: DataFolder, app: AppName): string => folder.file(`${app}.pid`);

/** For the next start, should we be gone before the app is. Without it that start finds the port taken, and the app runs all the same. */
export function noteApp(folder: DataFolder, app: AppName, pid: number | undefined, say: Say): void {
  try {
    notePid(pidFileOf(folder, app), pid);
  } catch (error) {
    say(`The process id of ${app} cannot be noted: ${messageOf(error)}`);
  }
}

/** Apps whose supervisor was killed finish what is in flight, and hold their ports until then. Resolves when they are gone. */
export async function endLeftoverApps(folder: DataFolder, say: Say): Promise<void> {
  await Promise.all(
    APPS_IN_STOP_ORDER.map((app) =>
      endLeftover(pidFileOf(folder, app), scriptOf(app), {
        letEndMs: DRAIN_MS[app] + AFTER_DRAIN_MS,
        onWait: (pid) => say(`Waiting for ${app} of the start before to end (process ${pid}).`),
      }),
    ),
  );
}
