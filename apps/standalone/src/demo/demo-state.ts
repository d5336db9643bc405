import { X509Certificate } from 'node:crypto';
import { portLike } from '@fleethook/infrastructure';
import { z } from 'zod';
import type { DataFolder } from '../data/data-folder.js';
import { makeCertificates } from './demo-certificates.js';

const NAME = 'demo.json';
const CA_NAME = 'demo-ca.pem';
/** Where the demo's receiver is found. */
export interface DemoAddress {
  /** In the webhook's URL and in the certificate. */
  readonly host: string;
  readonly listenOn: string;
  /** Undefined: any free one, on the next start the same again. */
  readonly port?: number;
}

export const ON_THIS_MACHINE: DemoAddress = { host: '127.0.0.1', listenOn: '127.0.0.1' };

/** A certificate that would end while it is in use is made anew: before the alert that one ends, which comes 14 days ahead. */
const RENEW_BEFORE_MS = 30 * 86_400_000;

const schema = z.object({
  port: z.number().int(),
  ca: z.string(),
  key: z.string(),
  certificate: z.string(),
  webhook: z.object({ prn: z.string(), secret: z.string() }).optional(),
});
type Values = z.infer<typeof schema>;

/** What the demo has to find again on the next start: its receiver's address and certificate, its webhook and the secret. */
export class DemoState {
  private constructor(
    private readonly folder: DataFolder,
    readonly address: DemoAddress,
    readonly values: Values,
  ) {}

  static async load(
    folder: DataFolder,
    address: DemoAddress = ON_THIS_MACHINE,
    nowMs: number = Date.now(),
  ): Promise<DemoState> {
    const read = schema.safeParse(folder.readJson(NAME));
    const earlier = read.success && isGoodFor(read.data.certificate, address.host, nowMs) ? read.data : undefined;
    const values: Values = {
      ...(earlier ?? (await makeCertificates(address.host))),
      ...(read.success && read.data.webhook && { webhook: read.data.webhook }),
      port: address.port ?? (await portLike(read.data?.port)),
    };
    const state = new DemoState(folder, address, values);
    state.save();
    folder.writePrivate(CA_NAME, values.ca);
    return state;
  }

  get url(): string {
    return `https://${this.address.host}:${this.values.port}/webhooks`;
  }

  get caFile(): string {
    return this.folder.file(CA_NAME);
  }

  keepWebhook(webhook: { prn: string; secret: string }): void {
    this.values.webhook = webhook;
    this.save();
  }

  private save(): void {
    this.folder.writePrivate(NAME, `${JSON.stringify(this.values, null, 2)}\n`);
  }
}

function isGoodFor(certificate: string, host: string, nowMs: number): boolean {
  const read = new X509Certificate(certificate);
  const named = read.checkHost(host) ?? read.checkIP(host);
  return named !== undefined && Date.parse(read.validTo) >= nowMs + RENEW_BEFORE_MS;
}
