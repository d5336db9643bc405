import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataFolder } from './data-folder.js';
import { StandaloneFile, type StandaloneFacts } from './standalone-file.js';

let folder: DataFolder;
beforeEach(() => {
  folder = new DataFolder(mkdtempSync(path.join(tmpdir(), 'fleethook-facts-')));
});
afterEach(() => rmSync(folder.path, { recursive: true }));

const facts = (routers: readonly number[]): StandaloneFacts => ({
  apiUrl: 'http://127.0.0.1:4000',
  ingestUrl: 'http://127.0.0.1:4001',
  consoleUrl: 'http://127.0.0.1:4000/console',
  apiKey: 'key',
  organizationPrn: 'prn',
  opsUrls: { ingest: '', router: '', delivery: '', recorder: '', api: '' },
  kafkaBrokers: [],
  databaseUrl: '',
  pids: { ingest: [], router: routers, delivery: [], recorder: [], api: [] },
});

describe('standalone.json', () => {
  it('that cannot be written stops nothing, is told once, and is brought up to date when it can be', () => {
    const said: string[] = [];
    const file = new StandaloneFile(folder, (sentence) => void said.push(sentence));
    let routers = [1];
    file.publish(() => facts(routers));
    mkdirSync(folder.file('standalone.json.new'));
    routers = [2];
    file.update();
    file.update();
    expect(said).toEqual([expect.stringMatching(/standalone\.json cannot be brought up to date: /)]);
    rmSync(folder.file('standalone.json.new'), { recursive: true });
    file.update();
    file.update();
    expect(said.slice(1)).toEqual([`${folder.file('standalone.json')} is up to date again.`]);
    const { pids } = JSON.parse(readFileSync(folder.file('standalone.json'), 'utf8')) as StandaloneFacts;
    expect(pids.router).toEqual([2]);
  });
});
