import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppProcess } from '../app-process.js';
import type { World } from '../world.js';
import { PROMETHEUS_FOLDER } from './monitoring-files.js';
import { RunningPrometheus } from './prometheus-tools.js';

const APPS = ['ingest', 'router', 'delivery', 'recorder', 'api'] as const;
const FOR = /^(\s+for:) \S+$/gm;

export interface WatchOptions {
  /** How long every alert's condition must hold, instead of its own `for`; a Prometheus duration. */
  readonly alertsAfter?: string;
}

/** Prometheus with the repository's rules on a world of five apps, under the names of the compose services. */
export function watch(world: World, options: WatchOptions = {}): Promise<RunningPrometheus> {
  return RunningPrometheus.start(
    (address) => ({
      global: { scrape_interval: '3s', scrape_timeout: '3s', evaluation_interval: '1s' },
      rule_files: ['rules/*.yml'],
      scrape_configs: [
        ...APPS.map((job) => ({ job_name: job, static_configs: [{ targets: [new URL(world.app(job).url).host] }] })),
        { job_name: 'prometheus', static_configs: [{ targets: [address] }] },
      ],
    }),
    ruleFiles(options),
  );
}

/** The series of one process, without their values. */
export async function seriesOf(app: AppProcess): Promise<string[]> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.slice(0, line.lastIndexOf(' ')));
}

function ruleFiles({ alertsAfter }: WatchOptions): Record<string, string> {
  const folder = join(PROMETHEUS_FOLDER, 'rules');
  return Object.fromEntries(
    readdirSync(folder).map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return [name, alertsAfter === undefined ? text : text.replace(FOR, `$1 ${alertsAfter}`)];
    }),
  );
}
