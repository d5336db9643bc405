import { rule } from '../rule.js';
import { standaloneSettings } from './standalone.settings.js';

const { apiPort, ingestPort, routerPort, deliveryPort, recorderPort } = standaloneSettings;
const PORTS = { apiPort, ingestPort, routerPort, deliveryPort, recorderPort } as const;

/** Of two apps on one machine only one would come up. Each app by itself reads one of them, and is not asked. */
export const portRules = [
  rule(PORTS, (ports) => {
    const holders = new Map<number, string>();
    return Object.entries(PORTS).flatMap(([name, { variable }]) => {
      const port = ports[name as keyof typeof PORTS];
      const holder = holders.get(port);
      if (holder === undefined || port === 0) {
        holders.set(port, variable);
        return [];
      }
      return [{ variable, message: `must be another port than ${holder}, or 0 for any free one: both are ${port}` }];
    });
  }),
] as const;
