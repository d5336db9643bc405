import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RunningProcess } from './running-process.js';
import { ScratchDatabase } from './scratch-database.js';
import { services } from './services.js';

const ANY_PORTS = { API_PORT: '0', INGEST_PORT: '0', ROUTER_PORT: '0', DELIVERY_PORT: '0', RECORDER_PORT: '0' };

interface Facts {
  readonly apiUrl: string;
  readonly ingestUrl: string;
  readonly apiKey: string;
  readonly organizationPrn: string;
}

/**
 * What the pages have their readers start: `node scripts/receiver.mjs`, and `npm start`, which is told of that receiver's authority. Here
 * they differ in ports and folders, and in whose Kafka and PostgreSQL they use.
 */
export class OwnStandalone implements AsyncDisposable {
  private constructor(
    readonly folder: string,
    /** Of the receiver. */
    readonly endpoint: string,
    readonly receiver: RunningProcess,
    readonly fleethook: RunningProcess,
    private readonly database: ScratchDatabase,
  ) {}

  /** Resolves when every app is ready. @param words of `npm start` */
  static async start(
    words: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<OwnStandalone> {
    await using started = new AsyncDisposableStack();
    const folder = mkdtempSync(path.join(tmpdir(), 'fleethook-standalone-'));
    started.defer(() => rmSync(folder, { recursive: true, force: true }));
    const database = started.use(await ScratchDatabase.create());
    const ca = path.join(folder, 'receiver', 'ca.pem');
    const listen = ['scripts/receiver.mjs', '--port', '0', '--ca', ca];
    const receiver = started.use(new RunningProcess('the receiver', [process.execPath, ...listen]));
    const endpoint = await receiver.says(/Listening on (https:\S+);/, 60_000);
    const fleethook = started.use(
      new RunningProcess('Fleethook', [process.execPath, 'dist/apps/standalone/src/main.js', ...words], {
        ...ANY_PORTS,
        EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
        EGRESS_CA_FILE: ca,
        FLEETHOOK_DATA_DIR: folder,
        FLEETHOOK_INFRA: 'external',
        KAFKA_BROKERS: services().kafkaBrokers.join(','),
        KAFKA_TOPIC_PREFIX: `t${randomBytes(5).toString('hex')}.`,
        DATABASE_URL: database.url,
        ...environment,
      }),
    );
    await fleethook.says(/Fleethook is ready/, 120_000);
    started.move();
    return new OwnStandalone(folder, endpoint, receiver, fleethook, database);
  }

  facts(): Facts {
    return JSON.parse(readFileSync(path.join(this.folder, 'standalone.json'), 'utf8')) as Facts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleethook[Symbol.asyncDispose]();
    await this.receiver[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
