import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readAppSettings } from '@fleethook/config';
import { findDeployment } from './deployment.js';

const MADE = Buffer.alloc(32, 1).toString('base64');
const OWN = Buffer.alloc(32, 2).toString('base64');
const DATABASE_URL = 'postgres://fleethook:secret@127.0.0.1:5999/fleethook';
const BLANK = ' ';

const keysOf = (environment: Record<string, string>): unknown => readAppSettings('doctor', environment).secretsKeys;

describe('beside a running `npm start`', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'fleethook-doctor-'));
    write(
      'standalone.json',
      JSON.stringify({ kafkaBrokers: ['127.0.0.1:5998'], databaseUrl: DATABASE_URL, opsUrls: {} }),
    );
    write('keys.json', JSON.stringify({ secretsKey: MADE }));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(name: string, text: string): string {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  }
  const find = (changes: Record<string, string> = {}) => findDeployment({ FLEETHOOK_DATA_DIR: folder, ...changes });

  it('takes what that has found and made', () => {
    expect(find()).toMatchObject({
      settings: {
        kafkaBrokers: ['127.0.0.1:5998'],
        databaseUrl: DATABASE_URL,
        secretsKeys: keysOf({ SECRETS_KEY: MADE }),
      },
      standaloneFolder: folder,
      isGuess: false,
    });
  });

  it('takes its database also where that was given as a file', () => {
    const file = write('database-url', 'postgres://fleethook:secret@127.0.0.1:1/other');
    expect(find({ DATABASE_URL_FILE: file }).settings.databaseUrl).toBe(DATABASE_URL);
  });

  it('leaves a key as it was given, and does not take the one that was made', () => {
    const own = keysOf({ SECRETS_KEY: OWN });
    expect(find({ SECRETS_KEY: OWN }).settings.secretsKeys).toEqual(own);
    expect(find({ SECRETS_KEY_FILE: write('key', OWN) }).settings.secretsKeys).toEqual(own);
  });

  it('takes what is blank as not given', () => {
    const found = find({ SECRETS_KEY: BLANK, SECRETS_KEY_FILE: BLANK, KAFKA_BROKERS: BLANK });
    expect(found.settings).toMatchObject({
      kafkaBrokers: ['127.0.0.1:5998'],
      secretsKeys: keysOf({ SECRETS_KEY: MADE }),
    });
  });
});
