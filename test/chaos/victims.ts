import { setTimeout as pause } from 'node:timers/promises';
import type { AppName } from '@fleethook/config';
import type { OwnServices } from '../support/own-services.js';
import type { World } from '../support/world.js';

/** What a long run does to the pipeline between two stretches of load. */
export interface Blow {
  readonly name: string;
  /** Nothing was asked to end: what is in flight may be sent twice. */
  readonly isKill: boolean;
  /** What was posted and is not answered may be posted again: it is in flight, too. */
  readonly breaksPosts: boolean;
  readonly strike: () => Promise<void>;
}

const KILLED: readonly AppName[] = ['delivery', 'router', 'ingest', 'recorder', 'api'];
const BACK_WITHIN_MS = 60_000;

/** Kills each app in turn, then what was brought up below them, then restarts delivery cleanly, one process after the other. */
export function blows(world: World, services: OwnServices): Blow[] {
  const apps = KILLED.map((app) => ({
    name: `kill -9 ${app}`,
    isKill: true,
    breaksPosts: app === 'ingest',
    strike: () => world.killAndReplace(app),
  }));
  const servicesBelow = Object.keys(services.pids()).map((service) => ({
    name: `kill -9 ${service}`,
    isKill: true,
    breaksPosts: service === 'kafka',
    strike: () => killService(services, service),
  }));
  return [
    ...apps,
    ...servicesBelow,
    {
      name: 'rolling restart of delivery',
      isKill: false,
      breaksPosts: false,
      strike: () => world.replaceInTurn('delivery'),
    },
  ];
}

/** Whoever brought it up puts it back on the same data. */
async function killService(services: OwnServices, service: string): Promise<void> {
  const pid = services.pids()[service];
  if (pid === undefined) return;
  process.kill(pid, 'SIGKILL');
  const until = Date.now() + BACK_WITHIN_MS;
  for (let now = services.pids()[service]; now === undefined || now === pid; now = services.pids()[service]) {
    if (Date.now() > until) throw new Error(`${service} did not come back within ${BACK_WITHIN_MS / 1_000} s`);
    await pause(100);
  }
}
