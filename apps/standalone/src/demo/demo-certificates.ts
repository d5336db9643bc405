export interface DemoCertificates {
  readonly ca: string;
  readonly key: string;
  readonly certificate: string;
}

/** An authority of the demo's own and a certificate for loopback; its key is thrown away as soon as it has signed. */
export async function makeCertificates(): Promise<DemoCertificates> {
  // Loaded on demand: only the demo makes certificates.
  const { generate } = await import('selfsigned');
  const authority = await generate([{ name: 'commonName', value: 'Fleethook demo authority' }], {
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
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { ca: authority.cert, key: leaf.private, certificate: leaf.cert };
}
