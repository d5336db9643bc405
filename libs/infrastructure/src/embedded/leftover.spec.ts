import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { endLeftover, notePid } from './leftover.js';

const MARK = '/data/of/ours';
const DEAF = "process.on('SIGTERM', () => undefined);";

let folder: string;
let pidFile: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fleethook-leftover-'));
  pidFile = path.join(folder, 'service.pid');
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  rmSync(folder, { recursive: true });
});

/** Resolves when it runs. */
async function leftover(mark: string, program = ''): Promise<ChildProcess> {
  const lasting = `${program} console.log('runs'); setInterval(() => undefined, 60_000);`;
  const child = spawn(process.execPath, ['-e', lasting, mark], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

describe('endLeftover', () => {
  it('ends what was noted, and says that it waits', async () => {
    const child = await leftover(MARK);
    const closed = once(child, 'close');
    notePid(pidFile, child.pid);
    const waited: number[] = [];
    await endLeftover(pidFile, MARK, { onWait: (pid) => waited.push(pid) });
    expect(await closed).toEqual([null, 'SIGTERM']);
    expect(waited).toEqual([child.pid]);
  });

  it('ends hard what does not end in its time', async () => {
    const child = await leftover(MARK, DEAF);
    const closed = once(child, 'close');
    notePid(pidFile, child.pid);
    await endLeftover(pidFile, MARK, { letEndMs: 200 });
    expect(await closed).toEqual([null, 'SIGKILL']);
  });

  it('leaves alone who has the id now', async () => {
    const other = await leftover('/data/of/others');
    notePid(pidFile, other.pid);
    await endLeftover(pidFile, MARK);
    const later = await leftover(MARK);
    // The same program on the same data, but begun at another time than the one that was noted.
    notePid(pidFile, later.pid);
    if (process.platform === 'linux') {
      writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/\d+$/m, '1'));
      await endLeftover(pidFile, MARK);
    }
    for (const child of [other, later]) expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  });

  it('takes a note without a time, and none at all', async () => {
    await endLeftover(pidFile, MARK);
    const child = await leftover(MARK);
    const closed = once(child, 'close');
    writeFileSync(pidFile, `${child.pid}\n`);
    await endLeftover(pidFile, MARK);
    expect(await closed).toEqual([null, 'SIGTERM']);
  });
});
