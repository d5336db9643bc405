import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LET_END_MS = 10_000;
const EVERY_MS = 100;

/**
 * A server of an earlier start that outlived it (we were killed, and its guard is still ending it) holds the data's lock.
 * Waits for its end, then ends it. A process id that meanwhile belongs to somebody else is left alone.
 * @param mark text that the command line of ours contains
 */
export async function endLeftover(pidFile: string, mark: string): Promise<void> {
  const pid = readPid(pidFile);
  if (pid === undefined || !(await isOurs(pid, mark))) return;
  const deadline = Date.now() + LET_END_MS;
  let asked = false;
  while (await isOurs(pid, mark)) {
    if (Date.now() > deadline) send(pid, 'SIGKILL');
    else if (!asked) {
      send(pid, 'SIGTERM');
      asked = true;
    }
    await pause(EVERY_MS);
  }
}

export function notePid(pidFile: string, pid: number | undefined): void {
  if (pid === undefined) rmSync(pidFile, { force: true });
  else writeFileSync(pidFile, `${pid}\n`);
}

function readPid(pidFile: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
    return pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function isOurs(pid: number, mark: string): Promise<boolean> {
  return (await commandLineOf(pid)).includes(mark);
}

/** @returns empty when there is no such process, or it cannot be seen */
export async function commandLineOf(pid: number): Promise<string> {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      : (await run('ps', ['-o', 'command=', '-p', String(pid)])).stdout;
  } catch {
    return '';
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}
