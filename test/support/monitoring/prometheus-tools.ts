import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@fleethook/infrastructure';
import { eventually } from '../eventually.js';

/** Where Prometheus' programs come from: this machine, else the image through Docker. */
export type PrometheusSource = 'path' | 'image';

export const PROMETHEUS_IMAGE = 'prom/prometheus';
const PULL_WITHIN_MS = 120_000;
const READY_WITHIN_MS = 30_000;

let found: PrometheusSource | 'none' | undefined;

/** Undefined, and one line that says so, where there is neither. */
export function prometheusSource(): PrometheusSource | undefined {
  if (found === undefined) {
    found = answers('promtool', '--version') && answers('prometheus', '--version') ? 'path' : undefined;
    if (found === undefined && answers('docker', 'info') && isPulled()) found = 'image';
    if (found === undefined) {
      found = 'none';
      process.stdout.write(
        `skipped: neither promtool and prometheus in PATH, nor ${PROMETHEUS_IMAGE} through Docker\n`,
      );
    }
  }
  return found === 'none' ? undefined : found;
}

/** @param args in which `folder` stands for itself, wherever promtool finds it */
export function promtool(
  folder: string,
  args: (folder: string) => readonly string[],
): { code: number; output: string } {
  if (prometheusSource() === 'path') return run('promtool', args(folder));
  // Copied in instead of mounted: the engine may be another machine.
  const inside = '/tmp/prometheus';
  const { output: id } = run('docker', ['create', '--entrypoint', 'promtool', PROMETHEUS_IMAGE, ...args(inside)]);
  const container = id.trim();
  try {
    run('docker', ['cp', folder, `${container}:${inside}`]);
    return run('docker', ['start', '--attach', container]);
  } finally {
    run('docker', ['rm', '--force', container]);
  }
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  /** NaN where there is nothing to divide by. */
  readonly value: number;
}

export interface JudgedRule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

/** A Prometheus of a test's own, on data that is thrown away. */
export class RunningPrometheus implements AsyncDisposable {
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #url: string;

  private constructor(folder: string, child: ChildProcess, port: number) {
    this.#folder = folder;
    this.#child = child;
    this.#url = `http://127.0.0.1:${port}`;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => void this.#lines.push(text));
  }

  /** @param configOf the configuration, given where it will listen @param rules by their names in the folder `rules` */
  static async start(
    configOf: (address: string) => unknown,
    rules: Readonly<Record<string, string>>,
  ): Promise<RunningPrometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'fleethook-prometheus-'));
    const port = await freePort();
    const address = `127.0.0.1:${port}`;
    // JSON is YAML.
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configOf(address)));
    mkdirSync(join(folder, 'rules'));
    for (const [name, text] of Object.entries(rules)) writeFileSync(join(folder, 'rules', name), text);
    const args = [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
    ];
    const isOnPath = prometheusSource() === 'path';
    const inContainer = ['run', '--rm', '--network=host', '--user=0', `--volume=${folder}:${folder}`];
    const child = isOnPath
      ? spawn('prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] })
      : spawn('docker', [...inContainer, PROMETHEUS_IMAGE, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    const running = new RunningPrometheus(folder, child, port);
    await eventually(
      async () => {
        if (!(await fetch(`${running.#url}/-/ready`)).ok) throw new Error('not ready');
      },
      { withinMs: READY_WITHIN_MS, explain: () => running.explain() },
    );
    return running;
  }

  async query(expr: string): Promise<Sample[]> {
    const data = (await this.#get(`/api/v1/query?query=${encodeURIComponent(expr)}`)) as {
      result: { metric: Record<string, string>; value: [number, string] }[];
    };
    return data.result.map(({ metric, value: [, text] }) => ({ metric, value: Number(text) }));
  }

  async rules(): Promise<JudgedRule[]> {
    const data = (await this.#get('/api/v1/rules')) as { groups: { rules: JudgedRule[] }[] };
    return data.groups.flatMap(({ rules }) => rules);
  }

  /** Alerts that fire, with their texts as filled in. */
  async firing(): Promise<{ labels: Record<string, string>; annotations: Record<string, string> }[]> {
    const data = (await this.#get('/api/v1/alerts')) as {
      alerts: { state: string; labels: Record<string, string>; annotations: Record<string, string> }[];
    };
    return data.alerts.filter(({ state }) => state === 'firing');
  }

  explain(): string {
    return this.#lines.slice(-10).join('');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await exited;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #get(path: string): Promise<unknown> {
    const reply = (await (await fetch(this.#url + path)).json()) as { status: string; data: unknown; error?: string };
    if (reply.status !== 'success') throw new Error(`${decodeURIComponent(path)}: ${reply.error ?? reply.status}`);
    return reply.data;
  }
}

function run(command: string, args: readonly string[]): { code: number; output: string } {
  const { status, stdout, stderr, error } = spawnSync(command, [...args], { encoding: 'utf8' });
  return { code: status ?? -1, output: error === undefined ? stdout + (status === 0 ? '' : stderr) : error.message };
}

function answers(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

function isPulled(): boolean {
  const pulled = answers('docker', 'image', 'inspect', PROMETHEUS_IMAGE);
  return (
    pulled || spawnSync('docker', ['pull', PROMETHEUS_IMAGE], { stdio: 'ignore', timeout: PULL_WITHIN_MS }).status === 0
  );
}
