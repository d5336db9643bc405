import { readFileSync } from 'node:fs';
import type { StandaloneSettings } from '@fleethook/config';
import { freePort, messageOf, type Say } from '@fleethook/infrastructure';
import type { AdminApi } from '../admin-api.js';
import type { DataFolder } from '../data/data-folder.js';
import { DEMO_EVENTS, runDemoFleet } from './demo-fleet.js';
import { DemoReceiver } from './demo-receiver.js';
import { DemoState } from './demo-state.js';
import { ensureDemoWebhook } from './demo-webhook.js';

const LOOPBACK = '127.0.0.0/8';
const CA_BUNDLE = 'demo-ca-bundle.pem';

export interface DemoContext {
  readonly api: AdminApi;
  readonly apiKey: string;
  readonly ingestUrl: () => string;
  readonly say: Say;
}

/** A receiver of its own, a webhook to it, and a few events: the main job, seen at work. */
export class Demo {
  private receiver: DemoReceiver | undefined;

  private constructor(
    private readonly state: DemoState,
    private readonly folder: DataFolder,
    private readonly settings: StandaloneSettings,
  ) {}

  static async prepare(folder: DataFolder, settings: StandaloneSettings): Promise<Demo> {
    return new Demo(await DemoState.load(folder, freePort), folder, settings);
  }

  /** Its receiver is on this machine and vouched for by nobody but the demo: both have to be allowed, beside what the operator allows. */
  environment(): Record<string, string> {
    const { egressAllowCidrs, egressCaFile } = this.settings;
    if (egressCaFile !== undefined) {
      const bundle = `${readFileSync(egressCaFile, 'utf8').trimEnd()}\n${this.state.values.ca}`;
      this.folder.writePrivate(CA_BUNDLE, bundle);
    }
    return {
      EGRESS_ALLOW_CIDRS: [...new Set([...egressAllowCidrs, LOOPBACK])].join(','),
      EGRESS_CA_FILE: egressCaFile === undefined ? this.state.caFile : this.folder.file(CA_BUNDLE),
    };
  }

  /** Runs until aborted. A demo that cannot run says why and leaves the rest alone. */
  async run({ api, apiKey, ingestUrl, say }: DemoContext, signal: AbortSignal): Promise<void> {
    try {
      const { port, key, certificate } = this.state.values;
      const receiver = new DemoReceiver({ port, key, certificate, say });
      await receiver.listen();
      this.receiver = receiver;
      // What is still in flight from the last start comes at once, signed with the secret of then.
      receiver.secret = this.state.values.webhook?.secret;
      const secret = await ensureDemoWebhook(api, this.state, DEMO_EVENTS, signal);
      receiver.secret = secret;
      say(`demo     a receiver on this machine gets ${DEMO_EVENTS.length} kinds of events; --no-demo leaves it out`);
      await runDemoFleet({ ingestUrl, apiKey, say }, signal);
    } catch (error) {
      if (!signal.aborted) say(`The demo cannot run: ${messageOf(error)}`);
    }
  }

  /** After the apps: what they still deliver while they drain has to arrive. */
  close(): void {
    this.receiver?.close();
  }
}
