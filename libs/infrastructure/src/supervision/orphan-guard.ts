import { spawn } from 'node:child_process';

/**
 * Ends a process of ours when we are gone without having ended it (`kill -9`, a crash): a shell that waits for our end of a pipe
 * to close. It costs a megabyte, and needs nothing from the process that it watches.
 */
const SCRIPT = `
cat >/dev/null
kill -s "$1" "$2" 2>/dev/null
tries=0
while kill -0 "$2" 2>/dev/null; do
  tries=$((tries + 1))
  if [ "$tries" -gt 20 ]; then kill -s KILL "$2" 2>/dev/null; exit; fi
  sleep 1
done`;

/** @returns takes the guard away again: the process is gone, or nobody's business any more */
export function guardAgainstOrphaning(pid: number, signal: 'TERM' | 'INT'): () => void {
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'orphan-guard', signal, String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Not of the terminal's group: Ctrl-C must not take the guard before us.
    detached: true,
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  // A pipe of a child process is a socket underneath, which alone must not keep us alive.
  (guard.stdin as typeof guard.stdin & { unref?: () => void }).unref?.();
  return () => guard.kill('SIGKILL');
}
