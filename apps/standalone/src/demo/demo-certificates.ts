export interface DemoCertificates {
  readonly ca: string;
  readonly key: string;
  readonly certificate: string;
}

const AUTHORITY_YEARS = 10;

/**
 * An authority of the demo's own, whose key is thrown away as soon as it has signed, and a certificate for loopback.
 * @param host a further name for which it is good
 */
export async function makeCertificates(host = 'localhost'): Promise<DemoCertificates> {
  // Loaded on demand: only the demo makes certificates.
  const { generate } = await import('selfsigned');
  // The apps of a compose stack trust it with or without the demo, and an alert tells of what they trust when it comes near its end.
  const notAfterDate = new Date();
  notAfterDate.setFullYear(notAfterDate.getFullYear() + AUTHORITY_YEARS);
  const authority = await generate([{ name: 'commonName', value: 'Fleethook demo authority' }], {
    notAfterDate,
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...[...new Set(['localhost', host])].map((value) => ({ type: 2, value }) as const),
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { ca: authority.cert, key: leaf.private, certificate: leaf.cert };
}
