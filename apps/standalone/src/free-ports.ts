import type { StandaloneSettings } from '@fleethook/config';
import { isPortFree } from '@fleethook/infrastructure';
import { APPS_IN_STOP_ORDER, PORT_VARIABLE, portOf } from './apps.js';
import { StandaloneError } from './standalone-error.js';

/** Before anything is started: a port that is taken is the commonest reason not to come up. @throws StandaloneError PORT_TAKEN */
export async function requireFreePorts(settings: StandaloneSettings): Promise<void> {
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
