import { X509Certificate } from 'node:crypto';
import { isPortFree } from '@fleethook/infrastructure';
import { z } from 'zod';
import type { DataFolder } from '../data/data-folder.js';
import { makeCertificates } from './demo-certificates.js';

const NAME = 'demo.json';
const CA_NAME = 'demo-ca.pem';
/** A certificate that would end while it is in use is made anew. */
const RENEW_BEFORE_MS = 7 * 86_400_000;

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
    readonly values: Values,
  ) {}

  static async load(folder: DataFolder, freePort: () => Promise<number>): Promise<DemoState> {
    const read = schema.safeParse(folder.readJson(NAME));
    const earlier = read.success && !endsSoon(read.data.certificate) ? read.data : undefined;
    const port = read.success && (await isPortFree(read.data.port)) ? read.data.port : await freePort();
    const values: Values = {
      ...(earlier ?? (await makeCertificates())),
      ...(read.success && read.data.webhook && { webhook: read.data.webhook }),
      port,
    };
    const state = new DemoState(folder, values);
    state.save();
    folder.writePrivate(CA_NAME, values.ca);
    return state;
  }

  get url(): string {
    return `https://127.0.0.1:${this.values.port}/webhooks`;
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

function endsSoon(certificate: string): boolean {
  return Date.parse(new X509Certificate(certificate).validTo) < Date.now() + RENEW_BEFORE_MS;
}
