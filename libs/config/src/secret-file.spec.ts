import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readAppSettings } from './all-settings.js';
import { faultsOf } from './testing/faults-of.js';

const KEY = Buffer.alloc(32, 7).toString('base64');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fleethook-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const name = path.join(folder, 'secret');
  writeFileSync(name, text);
  return name;
}

describe('a secret in a file', () => {
  it('is read without the line break at its end', () => {
    expect(readAppSettings('delivery', { SECRETS_KEY_FILE: file(`${KEY}\n`) }).secretsKeys).toEqual([KEY]);
  });

  it('is held to the same rules as the variable, and not shown', () => {
    expect(faultsOf('delivery', { SECRETS_KEY_FILE: file('hunter2') })).toEqual([
      { variable: 'SECRETS_KEY', message: 'item 1 is not like the base64 of 32 bytes' },
    ]);
  });

  it('names the file that cannot be used', () => {
    const missing = path.join(folder, 'missing');
    expect(faultsOf('delivery', { SECRETS_KEY_FILE: missing })).toEqual([
      { variable: 'SECRETS_KEY_FILE', message: `names ${missing}, which cannot be read (ENOENT)` },
    ]);
    const empty = file('\n');
    expect(faultsOf('delivery', { SECRETS_KEY_FILE: empty })).toEqual([
      { variable: 'SECRETS_KEY_FILE', message: `names ${empty}, which is empty` },
    ]);
  });

  it('cannot be given twice', () => {
    expect(faultsOf('delivery', { SECRETS_KEY: KEY, SECRETS_KEY_FILE: file(KEY) })).toEqual([
      { variable: 'SECRETS_KEY_FILE', message: 'and SECRETS_KEY are both set; leave one of them out' },
    ]);
  });

  it('may be that of another app, but there is none for what is not secret', () => {
    expect(
      faultsOf('delivery', { SECRETS_KEY: KEY, OPERATOR_API_KEY_FILE: '/nowhere', DELIVERY_TIMEOUT_FILE: '/nowhere' }),
    ).toEqual([expect.objectContaining({ variable: 'DELIVERY_TIMEOUT_FILE' })]);
  });
});
