import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { faultsOf } from '../testing/faults-of.js';

const CERTIFICATE = rootCertificates[0] ?? '';
const KEY = { SECRETS_KEY: Buffer.alloc(32).toString('base64') };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fleethook-certificates-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const name = path.join(folder, 'ca.pem');
  writeFileSync(name, text);
  return name;
}

describe('the address ranges that may be dialled', () => {
  it.each(['', '10.20.0.0/16', '127.0.0.0/8, fd00::/8', '0.0.0.0/0', '::1/128', '::ffff:10.0.0.0/104'])(
    'may be %j',
    (given) => {
      expect(faultsOf('delivery', { ...KEY, EGRESS_ALLOW_CIDRS: given })).toEqual([]);
    },
  );

  it.each([
    ['10.0.0.0/99', 'item 1 must have a prefix of at most 32 bits'],
    ['10.0.0.0/8,fd00::/129', 'item 2 must have a prefix of at most 128 bits'],
    ['10/8', 'item 1 is not like 10.20.0.0/16'],
    ['10.0.0.256/8', 'item 1 is not like 10.20.0.0/16'],
    ['10.0.0.0', 'item 1 is not like 10.20.0.0/16'],
    ['fe80::1%eth0/64', 'item 1 is not like 10.20.0.0/16'],
  ])('are not %s', (given, message) => {
    expect(faultsOf('delivery', { ...KEY, EGRESS_ALLOW_CIDRS: given })).toEqual([
      { variable: 'EGRESS_ALLOW_CIDRS', message },
    ]);
  });
});

describe('the ports that may be dialled', () => {
  it.each(['443', '443,1024-65535', '1-65535', '8443-8443'])('may be %s', (given) => {
    expect(faultsOf('delivery', { ...KEY, EGRESS_PORTS: given })).toEqual([]);
  });

  it.each([
    ['99999', 'item 1 must lie within 1 and 65535'],
    ['443,0', 'item 2 must lie within 1 and 65535'],
    ['8000-70000', 'item 1 must lie within 1 and 65535'],
    ['9000-8000', 'item 1 must begin with its lower port'],
    ['https', 'item 1 is not like 443 or 8000-8999'],
  ])('are not %s', (given, message) => {
    expect(faultsOf('delivery', { ...KEY, EGRESS_PORTS: given })).toEqual([{ variable: 'EGRESS_PORTS', message }]);
  });
});

describe.each([
  ['EGRESS_CA_FILE', {}],
  ['KAFKA_SSL_CA_FILE', { KAFKA_SSL: 'true' }],
])('the certificates of %s', (variable, beside) => {
  const faults = (given: string): unknown => faultsOf('delivery', { ...KEY, ...beside, [variable]: given });

  it('are one or several in PEM', () => {
    expect(faults(file(CERTIFICATE))).toEqual([]);
    expect(faults(file(`# ours\n${CERTIFICATE}\n${CERTIFICATE}\n`))).toEqual([]);
  });

  it('are in a file that can be read', () => {
    const missing = path.join(folder, 'missing.pem');
    expect(faults(missing)).toEqual([{ variable, message: `names ${missing}, which cannot be read (ENOENT)` }]);
    expect(faults(folder)).toEqual([{ variable, message: `names ${folder}, which cannot be read (EISDIR)` }]);
  });

  it.each([
    ['not nothing', '', 'which holds no certificate in PEM'],
    ['not another text', 'hunter2', 'which holds no certificate in PEM'],
    [
      'not what only looks like one',
      `${CERTIFICATE}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
      'whose certificate 2 is not one',
    ],
  ])('are certificates: %s', (_, held, message) => {
    const given = file(held);
    expect(faults(given)).toEqual([{ variable, message: `names ${given}, ${message}` }]);
  });
});

it('whatever is wrong with them is listed at once', () => {
  const bad = { EGRESS_CA_FILE: './nope.pem', EGRESS_PORTS: '99999', EGRESS_ALLOW_CIDRS: '10.0.0.0/99' };
  const faults = faultsOf('delivery', { ...KEY, ...bad, KAFKA_SSL: 'true', KAFKA_SSL_CA_FILE: '/nope' });
  expect(faults.map(({ variable }) => variable).toSorted()).toEqual(
    [...Object.keys(bad), 'KAFKA_SSL_CA_FILE'].toSorted(),
  );
});
