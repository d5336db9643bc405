import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generate } from 'selfsigned';

export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority of this process and what it vouches for; nothing of it is in the repository. */
export interface Certificates {
  readonly ca: string;
  /** The authority as a PEM file, for `EGRESS_CA_FILE` and `NODE_EXTRA_CA_CERTS`; removed when the process ends. */
  readonly caFile: string;
  /** Good for `localhost`, names under it, 127.0.0.1 and ::1. */
  readonly server: KeyAndCertificate;
  /** Vouched for, but for `somebody.else.test`. */
  readonly wrongName: KeyAndCertificate;
  /** For the right names, but ended yesterday. */
  readonly expired: KeyAndCertificate;
  /** For the right names, by nobody but itself. */
  readonly selfSigned: KeyAndCertificate;
}

const DAY_MS = 86_400_000;

let made: Promise<Certificates> | undefined;

/** Made once per process. */
export function certificates(): Promise<Certificates> {
  return (made ??= make());
}

async function make(): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: 'Fleethook test authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const ca = { key: authority.private, cert: authority.cert };
  const [server, wrongName, expired, selfSigned] = await Promise.all([
    leaf(['localhost', '*.localhost'], { ca }),
    leaf(['somebody.else.test'], { ca }),
    leaf(['localhost'], {
      ca,
      notBeforeDate: new Date(Date.now() - 3 * DAY_MS),
      notAfterDate: new Date(Date.now() - DAY_MS),
    }),
    leaf(['localhost'], {}),
  ]);
  return { ca: authority.cert, caFile: writeTemporary(authority.cert), server, wrongName, expired, selfSigned };
}

async function leaf(
  names: readonly string[],
  options: { ca?: { key: string; cert: string }; notBeforeDate?: Date; notAfterDate?: Date },
): Promise<KeyAndCertificate> {
  const [commonName = 'localhost'] = names;
  const addresses = names.includes('localhost') ? ['127.0.0.1', '::1'] : [];
  const { private: key, cert } = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - DAY_MS),
    ...options,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...names.map((value) => ({ type: 2, value }) as const),
          ...addresses.map((ip) => ({ type: 7, ip }) as const),
        ],
      },
    ],
  });
  return { key, cert };
}

function writeTemporary(pem: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'fleethook-ca-'));
  const file = path.join(directory, 'ca.pem');
  writeFileSync(file, pem);
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return file;
}
