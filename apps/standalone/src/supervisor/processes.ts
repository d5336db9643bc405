import { formatDuration, type AppName } from '@fleethook/config';
import { KeptRunning, type Launched } from '@fleethook/infrastructure';
import { APPS_IN_STOP_ORDER, DRAIN_MS, PORT_VARIABLE } from '../apps.js';
import { AppOutput } from '../output/app-output.js';
import type { Terminal } from '../output/terminal.js';
import { FirstStart } from './first-start.js';
import { launchApp } from './launch-app.js';

/** After its own time to drain, for offsets and logs to get out. */
const AFTER_DRAIN_MS = 1_500;

export interface AppProcessesOptions {
  /** What one app reads; `FLEETHOOK_DRAIN_TIMEOUT` in it is the time that it is given when it stops. */
  readonly environmentOf: (app: AppName) => Readonly<Record<string, string>>;
  readonly logFileOf: (app: AppName) => string;
  readonly terminal: Terminal;
  readonly onLaunch: (app: AppName, pid: number | undefined) => void;
  /** Some process is another one than before. */
  readonly onChange: () => void;
}

/** One process per app, each started again when it ends, until all are stopped. */
export class AppProcesses {
  private readonly kept = new Map<AppName, KeptRunning>();
  private readonly addresses = new Map<AppName, string>();
  private readonly outputs: readonly AppOutput[];
  private readonly firstStart: FirstStart;

  constructor(private readonly options: AppProcessesOptions) {
    this.firstStart = new FirstStart(options.logFileOf);
    this.outputs = APPS_IN_STOP_ORDER.map((app) => {
      const output = new AppOutput(options.logFileOf(app), options.terminal);
      this.kept.set(app, this.keep(app, output));
      return output;
    });
  }

  async start(): Promise<void> {
    await Promise.all([...this.kept.values()].map((kept) => kept.start()));
  }

  /** Aborted, with the reason, when some app does not come up however often it is started. */
  get failed(): AbortSignal {
    return this.firstStart.failed;
  }

  /** Undefined until it listens for the first time. */
  url(app: AppName): string | undefined {
    return this.addresses.get(app);
  }

  pids(): Record<AppName, readonly number[]> {
    const pids = (app: AppName): readonly number[] => {
      const pid = this.kept.get(app)?.pid;
      return pid === undefined ? [] : [pid];
    };
    return {
      ingest: pids('ingest'),
      router: pids('router'),
      delivery: pids('delivery'),
      recorder: pids('recorder'),
      api: pids('api'),
    };
  }

  /** Everything is up: from now on warnings are shown. */
  haveStarted(): void {
    for (const output of this.outputs) output.hasStarted();
  }

  /** One after the other. */
  async stop(): Promise<void> {
    for (const app of APPS_IN_STOP_ORDER) await this.kept.get(app)?.stop();
    for (const output of this.outputs) output.close();
  }

  kill(): void {
    for (const kept of this.kept.values()) kept.kill();
  }

  private keep(app: AppName, output: AppOutput): KeptRunning {
    const { terminal, onChange } = this.options;
    return new KeptRunning({
      name: app,
      say: terminal.say,
      onChange,
      launch: () => Promise.resolve(this.launch(app, output)),
    });
  }

  private launch(app: AppName, output: AppOutput): Launched {
    const launched = launchApp({
      app,
      output,
      environment: {
        FLEETHOOK_DRAIN_TIMEOUT: formatDuration(DRAIN_MS[app]),
        ...this.options.environmentOf(app),
        ...this.samePort(app),
      },
      stopWithinMs: DRAIN_MS[app] + AFTER_DRAIN_MS,
      onListening: (url) => this.listens(app, url),
    });
    this.options.onLaunch(app, launched.pid);
    void launched.ended.then((how) => this.firstStart.ended(app, how));
    return launched;
  }

  /** Who listened on any free port keeps it when started again: others were told. */
  private samePort(app: AppName): Record<string, string> {
    const url = this.url(app);
    return url === undefined ? {} : { [PORT_VARIABLE[app]]: new URL(url).port };
  }

  private listens(app: AppName, url: string): void {
    this.firstStart.listens(app);
    this.addresses.set(app, reachable(url));
    this.options.onChange();
  }
}

/** An address to listen on is not always one to connect to. */
export function reachable(url: string): string {
  const parsed = new URL(url);
  if (parsed.hostname === '0.0.0.0') parsed.hostname = '127.0.0.1';
  if (parsed.hostname === '[::]') parsed.hostname = '[::1]';
  return parsed.origin;
}
