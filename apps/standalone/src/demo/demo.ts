import { readFileSync } from 'node:fs';
import type { StandaloneSettings } from '@fleethook/config';
import { parsePrn } from '@fleethook/events';
import { messageOf, type Say } from '@fleethook/infrastructure';
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
  /** What is said of the receiver once it has its webhook. */
  readonly where: string;
  readonly showPrns?: boolean;
}

/** A receiver of its own, a webhook to it, and a few events: the main job, seen at work. */
export class Demo {
  private receiver: DemoReceiver | undefined;

  constructor(
    private readonly state: DemoState,
    private readonly folder: DataFolder,
  ) {}

  static async prepare(folder: DataFolder): Promise<Demo> {
    return new Demo(await DemoState.load(folder), folder);
  }

  /** Its receiver is on this machine and vouched for by nobody but the demo: both have to be allowed, beside what the operator allows. */
  environment({ egressAllowCidrs, egressCaFile }: StandaloneSettings): Record<string, string> {
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
  async run(context: DemoContext, signal: AbortSignal): Promise<void> {
    try {
      await this.perform(context, signal);
    } catch (error) {
      if (!signal.aborted) context.say(`The demo cannot run: ${messageOf(error)}`);
    }
  }

  /** Runs until aborted. @throws what keeps it from that */
  async perform(
    { api, apiKey, ingestUrl, say, where, showPrns = false }: DemoContext,
    signal: AbortSignal,
  ): Promise<void> {
    const { port, key, certificate } = this.state.values;
    const receiver = new DemoReceiver({ port, listenOn: this.state.address.listenOn, key, certificate, say, showPrns });
    await receiver.listen();
    this.receiver = receiver;
    // What is still in flight from the last start comes at once, signed with the secret of then.
    receiver.secret = this.state.values.webhook?.secret;
    receiver.secret = await ensureDemoWebhook(api, this.state, DEMO_EVENTS, signal);
    say(`demo     ${where} gets ${DEMO_EVENTS.length} kinds of events`);
    const organization = parsePrn(await api.organizationPrn(), 'organization');
    await runDemoFleet({ ingestUrl, apiKey, organization, say }, signal);
  }

  /** After the apps: what they still deliver while they drain has to arrive. */
  close(): void {
    this.receiver?.close();
  }
}
