import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { CliError } from '../running/cli-error.js';
import { isRecord, readText, reasonOf } from '../values/json-value.js';
import { makeCertificates } from './certificate.js';

export interface ServerCertificate {
  readonly key: string;
  readonly certificate: string;
  /** What `EGRESS_CA_FILE` has to name; undefined for a certificate that was given. */
  readonly caFile: string | undefined;
  /** What runs in this clone trusts it already. */
  readonly isTrusted: boolean;
}

const RENEW_BEFORE_MS = 7 * 86_400_000;
const CONNECT_TIMEOUT_MS = 500;
const OWNER_ONLY = 0o600;

/**
 * The one that was given; else, where the demo of `npm start` runs, the demo's, since that is trusted; else one of its own, which stays the
 * same from run to run.
 * @throws CliError when it cannot be read or kept
 */
export async function certificateFor(
  given: { readonly cert?: string; readonly key?: string },
  dataDir: string,
  isRunning: boolean,
): Promise<ServerCertificate> {
  if (given.cert !== undefined && given.key !== undefined)
    return { certificate: readText(given.cert), key: readText(given.key), caFile: undefined, isTrusted: false };
  const demo = isRunning ? await demoCertificate(dataDir) : undefined;
  return demo ?? ownCertificate(path.join(dataDir, 'listen'), Date.now());
}

async function demoCertificate(dataDir: string): Promise<ServerCertificate | undefined> {
  const { key, certificate, port } = readRecord(path.join(dataDir, 'demo.json'));
  if (typeof key !== 'string' || typeof certificate !== 'string' || typeof port !== 'number') return undefined;
  // One of an earlier start, without the demo by now, is trusted by nobody.
  if (!(await isOpen(port))) return undefined;
  return { key, certificate, caFile: path.join(dataDir, 'demo-ca.pem'), isTrusted: true };
}

function ownCertificate(folder: string, nowMs: number): ServerCertificate {
  const caFile = path.join(folder, 'ca.pem');
  const file = path.join(folder, 'certificate.json');
  const { key, certificate } = readRecord(file);
  if (typeof key === 'string' && typeof certificate === 'string' && isGood(caFile, certificate, nowMs))
    return { key, certificate, caFile, isTrusted: false };
  const made = makeCertificates(nowMs);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(caFile, made.ca);
    writeFileSync(file, JSON.stringify({ key: made.key, certificate: made.certificate }), { mode: OWNER_ONLY });
  } catch (error) {
    throw new CliError('failed', `The certificate cannot be kept in ${folder}: ${reasonOf(error)}.`, {
      hint: 'Set FLEETHOOK_DATA_DIR to a folder that can be written to, or give --cert and --key.',
      cause: error,
    });
  }
  return { key: made.key, certificate: made.certificate, caFile, isTrusted: false };
}

function isGood(caFile: string, certificate: string, nowMs: number): boolean {
  try {
    const own = new X509Certificate(certificate);
    const ca = new X509Certificate(readFileSync(caFile));
    return own.verify(ca.publicKey) && own.validToDate.getTime() > nowMs + RENEW_BEFORE_MS;
  } catch {
    return false;
  }
}

function readRecord(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: CONNECT_TIMEOUT_MS });
    const end = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
