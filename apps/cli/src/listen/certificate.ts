import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { bits, explicit, flags, implicit, integer, objectId, octets, sequence, set, time, truth, utf8 } from './der.js';

export interface Certificates {
  /** The authority: what has to be trusted. PEM, as everything here. */
  readonly ca: string;
  readonly key: string;
  readonly certificate: string;
}

const DAY_MS = 86_400_000;
const LIFETIME_DAYS = 365;
const NAMES = ['localhost', '127.0.0.1', 'host.docker.internal'];
const ID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  subjectAltName: '2.5.29.17',
};
/** RFC 5280 §4.2.1.3, counted from the highest bit. */
const USAGE = { digitalSignature: flags(0x80, 1), certSign: flags(0x04, 6) };

interface Subject {
  readonly name: string;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
}

/**
 * An authority of its own and a certificate for this machine; the authority's key is thrown away as soon as it has signed. Made here, since
 * Node makes none, and images for production carry no library for tests.
 */
export function makeCertificates(nowMs: number): Certificates {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name: 'Fleethook listen', key: authority.privateKey };
  const ca = certificate(issuer, nowMs, {
    name: issuer.name,
    key: authority.publicKey,
    extensions: [extension(ID.basicConstraints, sequence(truth), true), extension(ID.keyUsage, USAGE.certSign, true)],
  });
  const own = certificate(issuer, nowMs, {
    name: 'localhost',
    key: leaf.publicKey,
    extensions: [
      extension(ID.basicConstraints, sequence(), true),
      extension(ID.keyUsage, USAGE.digitalSignature, true),
      extension(ID.extendedKeyUsage, sequence(objectId(ID.serverAuth)), false),
      extension(ID.subjectAltName, sequence(...NAMES.map(alternativeName)), false),
    ],
  });
  return { ca, certificate: own, key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** RFC 5280 §4.1. */
function certificate(issuer: { name: string; key: KeyObject }, nowMs: number, subject: Subject): string {
  const algorithm = sequence(objectId(ID.ecdsaWithSha256));
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    algorithm,
    distinguishedName(issuer.name),
    sequence(time(new Date(nowMs - DAY_MS)), time(new Date(nowMs + LIFETIME_DAYS * DAY_MS))),
    distinguishedName(subject.name),
    subject.key.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...subject.extensions)),
  );
  const der = sequence(toBeSigned, algorithm, bits(sign('sha256', toBeSigned, issuer.key)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Positive, and without a leading zero byte. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) % 0x7f) + 1;
  return bytes;
}

const distinguishedName = (name: string): Buffer => sequence(set(sequence(objectId(ID.commonName), utf8(name))));

function extension(id: string, value: Buffer, isCritical: boolean): Buffer {
  return sequence(objectId(id), ...(isCritical ? [truth] : []), octets(value));
}

/** RFC 5280 §4.2.1.6: `[2]` a name, `[7]` an address. */
function alternativeName(name: string): Buffer {
  return isIPv4(name) ? implicit(7, Buffer.from(name.split('.').map(Number))) : implicit(2, Buffer.from(name));
}
