import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in ticks of 10 ms (`getconf CLK_TCK`), fixed by its ABI. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

/** CPU seconds (user and system) that a process has used so far, all its threads and reaped children included. */
export function cpuSecondsOf(pid: number): number {
  const fields = statFields(pid);
  return fields === undefined
    ? 0
    : fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

/** Resident memory of a process, in bytes. */
export function residentBytesOf(pid: number): number {
  return Number(statFields(pid)?.[21] ?? 0) * PAGE_BYTES;
}

/** A process and all that descend from it: PostgreSQL works in children. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statFields(Number(name))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree: number[] = [];
  const pending = [root];
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    tree.push(pid);
    pending.push(...(children.get(pid) ?? []));
  }
  return tree;
}

export function cpuSecondsOfTree(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
}

/** The fields of `/proc/<pid>/stat` after the command's name, which may itself hold blanks and parentheses. */
function statFields(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
