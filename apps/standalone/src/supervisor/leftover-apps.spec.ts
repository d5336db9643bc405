import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataFolder } from '../data/data-folder.js';
import { scriptOf } from './launch-app.js';
import { endLeftoverApps, noteApp } from './leftover-apps.js';

let folder: DataFolder;
const said: string[] = [];
const say = (sentence: string): void => void said.push(sentence);
beforeEach(() => {
  folder = new DataFolder(mkdtempSync(path.join(tmpdir(), 'fleethook-apps-')));
  said.length = 0;
});
afterEach(() => rmSync(folder.path, { recursive: true }));

describe('the apps of a start that was killed', () => {
  it('are gone before the next one looks for its ports', async () => {
    const program = "console.log('runs'); setInterval(() => undefined, 60_000)";
    const app = spawn(process.execPath, ['-e', program, scriptOf('router')], { stdio: ['ignore', 'pipe', 'ignore'] });
    const closed = once(app, 'close');
    await once(app.stdout, 'data');
    noteApp(folder, 'router', app.pid, say);
    await endLeftoverApps(folder, say);
    expect(await closed).toEqual([null, 'SIGTERM']);
    expect(said).toEqual([`Waiting for router of the start before to end (process ${app.pid}).`]);
  });

  it('are nobody where none is noted, or the id is another’s', async () => {
    noteApp(folder, 'router', process.pid, say);
    await endLeftoverApps(folder, say);
    expect(said).toEqual([]);
  });

  it('run all the same where they cannot be noted', () => {
    mkdirSync(folder.file('router.pid'));
    noteApp(folder, 'router', process.pid, say);
    expect(said).toEqual([expect.stringMatching(/^The process id of router cannot be noted: /)]);
  });
});
