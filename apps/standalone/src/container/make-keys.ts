// A job of the compose stacks: makes the secrets that are not there yet, each as a file of its own, and ends. Nothing secret is printed.
import { randomBytes } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '@fleethook/infrastructure';
import { newApiKey } from '@fleethook/messages';
import { DataFolder } from '../data/data-folder.js';
import { DemoState } from '../demo/demo-state.js';
import { KeyFolder, EVERY_USER } from './key-folder.js';

const DEMO_PORT = 4443;

const { values } = parseArgs({
  options: {
    /** Folders to fill; one that is not named is left out. */
    keys: { type: 'string' },
    database: { type: 'string' },
    grafana: { type: 'string' },
    demo: { type: 'string' },
    /** PostgreSQL's address in the URL, without the password. */
    'database-at': { type: 'string', default: 'fleethook@postgres:5432/fleethook' },
    'demo-host': { type: 'string', default: 'demo-receiver' },
  },
});

try {
  await makeKeys();
} catch (error) {
  process.stderr.write(`The keys could not be made: ${messageOf(error)}\n`);
  process.exitCode = 1;
}

async function makeKeys(): Promise<void> {
  const { keys, database, grafana, demo } = values;
  if (keys !== undefined) {
    const folder = new KeyFolder(keys, said);
    folder.ensure('secrets_key', () => randomBytes(32).toString('base64'));
    folder.ensure('api_key', newApiKey);
    folder.ensure('operator_api_key', newApiKey);
  }
  if (database !== undefined) {
    const folder = new KeyFolder(database, said);
    // Hexadecimal, so that it can stand in a URL as it is.
    const password = folder.ensure('password', () => randomBytes(24).toString('hex'), EVERY_USER);
    const [user = '', rest = ''] = values['database-at'].split('@');
    folder.ensure('url', () => `postgres://${user}:${password}@${rest}`);
  }
  if (grafana !== undefined)
    new KeyFolder(grafana, said).ensure('admin_password', () => randomBytes(18).toString('base64url'), EVERY_USER);
  if (demo !== undefined) {
    const address = { host: values['demo-host'], listenOn: '0.0.0.0', port: DEMO_PORT };
    const state = await DemoState.load(new DataFolder(demo), address);
    // Whoever calls the receiver has to trust it, and need not see its key.
    if (keys !== undefined) copyFileSync(state.caFile, path.join(keys, 'demo-ca.pem'));
  }
}

function said(file: string): void {
  process.stdout.write(`Made ${file}.\n`);
}
