import type { ClusterInspector, InspectedCluster } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import type { Access } from '../access-table.js';
import { fail, findings, ok, warn, type Finding } from '../finding.js';
import { aclFor } from './kafka-access.check.js';

const CHECK = 'kafka.groups';
const MUCH_LAG_RECORDS = 10_000;

/** Which app a group is, and what it reads; what waits in the tiers is no lag. */
const GROUPS: Readonly<Record<string, { readonly app: string; readonly topics: readonly string[] }>> = {
  router: { app: 'router', topics: [TOPICS.events.name] },
  delivery: { app: 'delivery', topics: [TOPICS.deliveries.name] },
  'delivery-tiers': { app: 'delivery', topics: [] },
  recorder: { app: 'recorder', topics: [TOPICS.attempts.name, TOPICS.dead.name] },
  'recorder-events': { app: 'recorder', topics: [TOPICS.events.name] },
  'api.gone-endpoints': { app: 'api', topics: [TOPICS.attempts.name] },
};

/** Who reads, and how far behind they are. */
export async function groupFindings(
  inspector: ClusterInspector,
  access: Access,
  cluster: InspectedCluster,
  prefix: string,
  user: string,
): Promise<readonly Finding[]> {
  const all: Finding[] = [];
  for (const group of access.groups) {
    const { app, topics } = GROUPS[group] ?? { app: group, topics: [] };
    const isThere = (topic: string): boolean =>
      cluster.topics.some(({ name, fault }) => name === prefix + topic && fault === undefined);
    all.push(
      ...(await findings(CHECK, aclFor(user, 'read', 'group', prefix + group), async () => {
        const { fault, members, state, operations } = await inspector.group(group);
        if (fault !== undefined || !operations.has('read'))
          return [
            fail(CHECK, `${user} may not read as ${prefix}${group}`, aclFor(user, 'read', 'group', prefix + group)),
          ];
        let lag = 0;
        for (const topic of topics.filter(isThere)) lag += await inspector.lag(group, topic);
        const said = `${prefix}${group} has ${members} ${members === 1 ? 'member' : 'members'} and ${lag} records to go`;
        if (members === 0 && lag > 0) return [fail(CHECK, said, `start apps/${app}: nobody reads`)];
        if (members === 0) return [warn(CHECK, said, `start apps/${app}, if it is to run now`)];
        if (lag > MUCH_LAG_RECORDS)
          return [warn(CHECK, said, `is it getting less? If not, add processes of apps/${app}`)];
        return [ok(CHECK, state === 'Stable' ? said : `${said} (${state})`)];
      })),
    );
  }
  return all;
}
