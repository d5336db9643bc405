// A lock between processes: a folder, since making one either succeeds or tells that it is there. It names its holder, so that one
// whose holder is gone can be taken over: by process id and, where that can be told, by when that process began, for ids come again (in
// a container that is restarted, at once).
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 250;
/** Between making the folder and naming the holder. */
const UNNAMED_GRACE_MS = 5_000;

/** Those of this process, which alone tell whether a lock with our own process id is ours. */
const held = new Set();

export async function withLock(folder, say, work) {
  await take(folder, say);
  const release = () => {
    held.delete(folder);
    rmSync(folder, { recursive: true, force: true });
  };
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
      nameHolder(folder);
      held.add(folder);
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = holderOf(folder);
    unnamedSince = holder === undefined ? (unnamedSince ?? Date.now()) : undefined;
    const abandoned = holder === undefined ? Date.now() - unnamedSince > UNNAMED_GRACE_MS : !isHeld(folder, holder);
    if (abandoned) {
      takeAway(folder);
      continue;
    }
    if (!said && holder !== undefined) say(`Process ${holder.pid} is installing or building; waiting for it.`);
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

function nameHolder(folder) {
  try {
    writeFileSync(path.join(folder, 'pid'), `${process.pid} ${beginOf(process.pid) ?? ''}`.trim());
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function holderOf(folder) {
  try {
    const [, pid, begin] = /^(\d+)(?: (\S+))?$/.exec(readFileSync(path.join(folder, 'pid'), 'utf8').trim()) ?? [];
    return pid === undefined ? undefined : { pid: Number(pid), begin };
  } catch {
    return undefined;
  }
}

function isHeld(folder, { pid, begin }) {
  if (pid === process.pid) return held.has(folder);
  if (!isAlive(pid)) return false;
  const now = beginOf(pid);
  return begin === undefined || now === undefined || begin === now;
}

/**
 * Tells a process from a later one with its id; undefined where the system does not say. libs/infrastructure does the same, but this runs
 * before anything is installed or built.
 */
function beginOf(pid) {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Its second field, the name, may hold blanks and brackets; the start time is the 22nd.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? undefined : `${boot}:${ticks}`;
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
