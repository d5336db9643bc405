// A lock between processes: a folder, since making one either succeeds or tells that it is there. It names its holder, so that one
// whose holder is gone can be taken over.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 250;
/** Between making the folder and naming the holder. */
const UNNAMED_GRACE_MS = 5_000;

export async function withLock(folder, say, work) {
  await take(folder, say);
  const release = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

async function take(folder, say) {
  let said = false;
  let unnamedSince;
  for (;;) {
    try {
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = holderOf(folder);
    unnamedSince = holder === undefined ? (unnamedSince ?? Date.now()) : undefined;
    const abandoned = holder === undefined ? Date.now() - unnamedSince > UNNAMED_GRACE_MS : !isAlive(holder);
    if (abandoned) {
      takeAway(folder);
      continue;
    }
    if (!said && holder !== undefined) say(`Process ${holder} is installing or building; waiting for it.`);
    said ||= holder !== undefined;
    await pause(EVERY_MS);
  }
}

/** Only one of several that find it abandoned gets to move it. */
function takeAway(folder) {
  const aside = `${folder}.abandoned-${process.pid}`;
  try {
    renameSync(folder, aside);
    rmSync(aside, { recursive: true, force: true });
  } catch {
    // Somebody else was faster.
  }
}

function holderOf(folder) {
  try {
    const pid = Number.parseInt(readFileSync(path.join(folder, 'pid'), 'utf8'), 10);
    return Number.isInteger(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
