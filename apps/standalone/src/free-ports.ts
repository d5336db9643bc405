import type { StandaloneSettings } from '@fleethook/config';
import { isPortFree } from '@fleethook/infrastructure';
import { APPS_IN_STOP_ORDER, PORT_VARIABLE, portOf } from './apps.js';
import { StandaloneError } from './standalone-error.js';

/** Before anything is started: a port that is taken is the commonest reason not to come up. @throws StandaloneError HOST_UNKNOWN, PORT_TAKEN */
export async function requireFreePorts(settings: StandaloneSettings): Promise<void> {
  if (!(await isPortFree(0, settings.host)))
    throw new StandaloneError(
      'HOST_UNKNOWN',
      `Cannot listen on ${settings.host}: this machine has no such address. Set FLEETHOOK_HOST to one that it has, such as 127.0.0.1, or 0.0.0.0 for all.`,
    );
  const taken: string[] = [];
  for (const app of APPS_IN_STOP_ORDER) {
    const port = portOf(app, settings);
    if (!(await isPortFree(port, settings.host))) taken.push(`${port} (${PORT_VARIABLE[app]})`);
  }
  if (taken.length === 0) return;
  throw new StandaloneError(
    'PORT_TAKEN',
    `Cannot listen on ${settings.host}, port ${taken.join(', ')}: stop what listens there, or set the variable to another port, 0 for any free one.`,
  );
}
