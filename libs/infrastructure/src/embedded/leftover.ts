import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LET_END_MS = 10_000;
const EVERY_MS = 100;

export interface EndLeftoverOptions {
  /** It is ended hard when it has not ended by then. Default 10 s. */
  readonly letEndMs?: number;
  /** There is one, and it is waited for. */
  readonly onWait?: (pid: number) => void;
}

/**
 * A process of an earlier start that outlived it (we were killed, and its guard is still ending it) holds the data's lock or a port.
 * Waits for its end, then ends it. A process id that meanwhile belongs to somebody else is left alone.
 * @param mark text that the command line of ours contains
 */
export async function endLeftover(
  pidFile: string,
  mark: string,
  { letEndMs = LET_END_MS, onWait }: EndLeftoverOptions = {},
): Promise<void> {
  const noted = readNote(pidFile);
  if (noted === undefined || !(await isOurs(noted, mark))) return;
  onWait?.(noted.pid);
  const deadline = Date.now() + letEndMs;
  let asked = false;
  while (await isOurs(noted, mark)) {
    if (Date.now() > deadline) send(noted.pid, 'SIGKILL');
    else if (!asked) {
      send(noted.pid, 'SIGTERM');
      asked = true;
    }
    await pause(EVERY_MS);
  }
}

/** Notes when it began beside its id, for ids come again. */
export function notePid(pidFile: string, pid: number | undefined): void {
  if (pid === undefined) rmSync(pidFile, { force: true });
  else writeFileSync(pidFile, `${[pid, beginOf(pid) ?? []].flat().join(' ')}\n`);
}

interface Noted {
  readonly pid: number;
  readonly begin: string | undefined;
}

function readNote(pidFile: string): Noted | undefined {
  try {
    const [, pid, begin] = /^(\d+)(?: (\S+))?$/.exec(readFileSync(pidFile, 'utf8').trim()) ?? [];
    return Number(pid) > 1 ? { pid: Number(pid), begin } : undefined;
  } catch {
    return undefined;
  }
}

async function isOurs({ pid, begin }: Noted, mark: string): Promise<boolean> {
  if (!(await commandLineOf(pid)).includes(mark)) return false;
  const now = beginOf(pid);
  return begin === undefined || now === undefined || begin === now;
}

/** Undefined where the system does not say. */
function beginOf(pid: number): string | undefined {
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
