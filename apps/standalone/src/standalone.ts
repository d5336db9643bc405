import path from 'node:path';
import type { AppName, StandaloneSettings } from '@fleethook/config';
import { findInfrastructure, messageOf, type Infrastructure } from '@fleethook/infrastructure';
import { migrate } from '@fleethook/store';
import { AdminApi } from './admin-api.js';
import { appEnvironment, checkAppSettings, type AppEnvironmentOptions } from './app-environment.js';
import { APPS_IN_STOP_ORDER } from './apps.js';
import { DataFolder, type GeneratedKeys } from './data/data-folder.js';
import { lockFolder } from './data/folder-lock.js';
import { StandaloneFile } from './data/standalone-file.js';
import { Demo } from './demo/demo.js';
import { requireFreePorts } from './free-ports.js';
import { Terminal } from './output/terminal.js';
import { StandaloneError } from './standalone-error.js';
import { endLeftoverApps, noteApp } from './supervisor/leftover-apps.js';
import { AppProcesses } from './supervisor/processes.js';
import { awaitReadiness } from './supervisor/readiness-gate.js';
import { welcome } from './welcome.js';

const PLACEHOLDER_SERVICES = { kafkaBrokers: ['127.0.0.1:9092'], databaseUrl: 'postgres://localhost/fleethook' };

/** Everything of one data folder: Kafka, PostgreSQL, the apps, the demo; brought up in order, ended in order. */
export class Standalone {
  private readonly terminal: Terminal;
  private readonly folder: DataFolder;
  private readonly keys: GeneratedKeys;
  private readonly file: StandaloneFile;
  private infrastructure: Infrastructure | undefined;
  private processes: AppProcesses | undefined;
  private demo: Demo | undefined;
  private starting: Promise<void> = Promise.resolve();

  private constructor(
    private readonly settings: StandaloneSettings,
    terminal: Terminal,
    folder: DataFolder,
    private readonly unlock: () => void,
  ) {
    this.terminal = terminal;
    this.folder = folder;
    this.keys = folder.keys();
    this.file = new StandaloneFile(folder, terminal.say);
  }

  /** @throws StandaloneError when the data folder cannot be used or is in use */
  static async open(settings: StandaloneSettings, terminal: Terminal): Promise<Standalone> {
    const folder = new DataFolder(settings.dataDir);
    const unlock = await lockFolder(folder);
    return new Standalone(settings, terminal, folder, unlock);
  }

  /** Resolves when every app is ready. @throws what a person has to know */
  async start(options: { demo: boolean }, signal: AbortSignal): Promise<void> {
    this.starting = this.bringUp(options, signal);
    await this.starting;
  }

  /** In order: who takes in, who passes on, then what all stand on. */
  async stop(): Promise<void> {
    await this.starting.catch(() => undefined);
    await this.processes?.stop();
    this.demo?.close();
    await this.infrastructure?.stop();
    this.release();
  }

  kill(): void {
    this.processes?.kill();
    this.infrastructure?.kill();
    this.release();
  }

  private release(): void {
    this.file.remove();
    this.unlock();
  }

  private async bringUp(options: { demo: boolean }, signal: AbortSignal): Promise<void> {
    const { settings, folder, terminal } = this;
    this.demo = options.demo ? await Demo.prepare(folder) : undefined;
    const environment = {
      settings,
      keys: this.keys,
      services: PLACEHOLDER_SERVICES,
      demo: this.demo?.environment(settings) ?? {},
    };
    checkAppSettings(environment);
    await endLeftoverApps(folder, terminal.say);
    await requireFreePorts(settings);

    const infrastructure = await findInfrastructure(
      {
        source: settings.infrastructure,
        dataDir: folder.path,
        kafkaBrokers: settings.kafkaBrokers,
        databaseUrl: settings.databaseUrl,
        javaHome: settings.javaHome,
        say: terminal.say,
        onChange: () => this.file.update(),
      },
      signal,
    );
    this.infrastructure = infrastructure;
    signal.throwIfAborted();
    await this.migrate(infrastructure.databaseUrl);
    signal.throwIfAborted();
    const processes = this.appProcesses({ ...environment, services: infrastructure });
    this.processes = processes;
    await processes.start();
    const over = AbortSignal.any([signal, processes.failed]);
    await awaitReadiness(() => new Map(APPS_IN_STOP_ORDER.map((app) => [app, processes.url(app)])), terminal.say, over);
    over.throwIfAborted();
    processes.haveStarted();
    await this.announce(infrastructure, processes, signal);
  }

  private async migrate(databaseUrl: string): Promise<void> {
    const migrations = await migrate(databaseUrl).catch((error: unknown) => {
      throw new StandaloneError(
        'MIGRATION_FAILED',
        `The database could not be brought up to date: ${messageOf(error)}`,
        {
          cause: error,
        },
      );
    });
    if (migrations.length > 0) this.terminal.say(`Database brought up to date (${migrations.length} migrations).`);
  }

  private appProcesses(environment: AppEnvironmentOptions): AppProcesses {
    return new AppProcesses({
      environmentOf: (app) => appEnvironment(app, environment),
      logFileOf: (app) => path.join(this.folder.path, 'logs', `${app}.log`),
      terminal: this.terminal,
      onLaunch: (app, pid) => noteApp(this.folder, app, pid, this.terminal.say),
      onChange: () => this.file.update(),
    });
  }

  private async announce(infrastructure: Infrastructure, processes: AppProcesses, signal: AbortSignal): Promise<void> {
    const url = (app: AppName): string => processes.url(app) ?? '';
    const apiKey = this.settings.bootstrapApiKey ?? this.keys.apiKey;
    const api = new AdminApi(() => url('api'), apiKey);
    const organizationPrn = await api.organizationPrn();
    this.file.publish(() => ({
      apiUrl: url('api'),
      ingestUrl: url('ingest'),
      consoleUrl: `${url('api')}/console`,
      apiKey,
      organizationPrn,
      opsUrls: {
        ingest: url('ingest'),
        router: url('router'),
        delivery: url('delivery'),
        recorder: url('recorder'),
        api: url('api'),
      },
      kafkaBrokers: infrastructure.kafkaBrokers,
      databaseUrl: infrastructure.databaseUrl,
      pids: { ...processes.pids(), ...infrastructure.pids() },
    }));
    for (const line of welcome({
      apiUrl: url('api'),
      ingestUrl: url('ingest'),
      consoleUrl: `${url('api')}/console/`,
      factsFile: this.folder.file('standalone.json'),
    })) {
      this.terminal.say(line);
    }
    const where = 'a receiver on this machine (--no-demo leaves it out)';
    void this.demo?.run({ api, apiKey, ingestUrl: () => url('ingest'), say: this.terminal.say, where }, signal);
  }
}
