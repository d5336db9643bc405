import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Cli, type FollowedCli, type Json } from '../../support/cli-process.js';
import { eventually } from '../../support/eventually.js';
import { World } from '../../support/world.js';

/** What the world's receiver is subscribed to: a type that a simulated fleet can be told not to send. */
export const RECEIVED_TYPE = 'device.authentication_failed';

/** A pipeline, the command line that is told of it, and a receiver of its own with a webhook to it, which fails every event once. */
export class CliWorld implements AsyncDisposable {
  private constructor(
    readonly dataDir: string,
    readonly world: World,
    readonly cli: Cli,
    readonly listener: FollowedCli,
    readonly webhook: string,
    readonly secret: string,
  ) {}

  static async create(): Promise<CliWorld> {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'fleethook-cli-'));
    const bare = new Cli({ FLEETHOOK_DATA_DIR: dataDir });
    // The first run makes the authority that Fleethook has to be started with.
    const first = bare.follow(['listen', '--port', '0']);
    const { ca_file: caFile } = await first.found(({ kind }) => kind === 'listening');
    await first.end();
    const world = await World.create({
      apps: ['ingest', 'router', 'delivery', 'recorder'],
      environment: { EGRESS_CA_FILE: String(caFile) },
    });
    const cli = new Cli({
      FLEETHOOK_DATA_DIR: dataDir,
      FLEETHOOK_URL: world.app('api').url,
      FLEETHOOK_INGEST_URL: world.app('ingest').url,
      FLEETHOOK_API_KEY: world.apiKey,
    });
    const listener = cli.follow(['listen', '--create', '--port', '0', '--fail-first', '1', '--event', RECEIVED_TYPE]);
    const made = await listener.found(({ kind }) => kind === 'webhook');
    await world.configurationArrived();
    return new CliWorld(dataDir, world, cli, listener, String(made['prn']), String(made['secret']));
  }

  async list(words: readonly string[], name: string): Promise<Json[]> {
    return (await this.cli.json(words))[name] as Json[];
  }

  /** Sends an event and waits until the receiver has taken it. @returns its PRN */
  async sent(device: string): Promise<string> {
    const { prn } = await this.cli.json(['events', 'send', '--type', RECEIVED_TYPE, '--example', '--device', device]);
    await this.listener.found(delivered(String(prn)));
    return String(prn);
  }

  /** The delivery of an event, once the history says that it was delivered. */
  recorded(event: string): Promise<Json> {
    return eventually(
      async () => {
        const [delivery] = await this.list(['deliveries', 'list', '--event', event], 'deliveries');
        if (delivery?.['status'] !== 'delivered') throw new Error(JSON.stringify(delivery));
        return delivery;
      },
      { withinMs: 30_000 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.listener[Symbol.asyncDispose]();
    await this.world[Symbol.asyncDispose]();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export const delivered =
  (event: string) =>
  (record: Json): boolean =>
    record['status'] === 200 && (record['headers'] as Json | undefined)?.['webhook-id'] === event;
