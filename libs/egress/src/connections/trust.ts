import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { EgressError } from '../egress-error.js';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * What every connection trusts, made once: a context of its own would read all authorities again at each handshake.
 * @throws EgressError CA_FILE_UNREADABLE
 */
export function trustOf(caFile: string | undefined): SecureContext {
  const ca = caFile === undefined ? {} : { ca: [...getCACertificates('default'), ...certificatesIn(caFile)] };
  return createSecureContext({ ...ca, minVersion: 'TLSv1.2' });
}

function certificatesIn(caFile: string): readonly string[] {
  let certificates: readonly string[];
  try {
    certificates = readFileSync(caFile, 'latin1').match(PEM_CERTIFICATE) ?? [];
    // TLS would pass over one that it cannot read, and every endpoint behind it would fail without a hint of why.
    for (const pem of certificates) void new X509Certificate(pem);
  } catch (cause) {
    throw new EgressError('CA_FILE_UNREADABLE', caFile, { cause });
  }
  if (certificates.length === 0) throw new EgressError('CA_FILE_UNREADABLE', `${caFile} holds no certificate in PEM`);
  return certificates;
}
