import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Metrics } from './metrics.js';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Shows when the certificates in the files that this process trusts end; they are read once, as whoever trusts them does. A file that
 * cannot be read is left out: whoever needs it says so.
 *
 * @param files by what they are for; undefined where there is none
 */
export function noteCertificates(metrics: Metrics, files: Readonly<Record<string, string | undefined>>): void {
  for (const [use, file] of Object.entries(files)) {
    const endsAtSeconds = file === undefined ? undefined : earliestEnd(file);
    if (endsAtSeconds !== undefined) metrics.certificateExpiry.set({ use }, endsAtSeconds);
  }
}

function earliestEnd(file: string): number | undefined {
  try {
    const certificates = readFileSync(file, 'latin1').match(PEM_CERTIFICATE) ?? [];
    const ends = certificates.map((pem) => new X509Certificate(pem).validToDate.getTime() / 1_000);
    return ends.length === 0 ? undefined : Math.min(...ends);
  } catch {
    return undefined;
  }
}
