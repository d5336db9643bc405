// Runs a program in our place: signals go on to it, its exit code becomes ours.
import { spawn } from 'node:child_process';
import { ROOT } from './up-to-date.mjs';

const PARENT_CHECK_MS = 1_000;
const SIGNAL_NUMBER = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGTERM: 15 };

/**
 * @param options.followParent stop it when npm, which started us, is gone: nobody else would
 * @returns its exit code; 128 + number when a signal ended it
 */
export function runToEnd(command, args, { env = {}, followParent = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      // The channel tells the child when we are gone. A group of its own: Ctrl-C reaches it once, through us.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: process.platform !== 'win32',
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    const parent = process.ppid;
    const isNpmsChild = followParent && process.env['npm_lifecycle_event'] !== undefined;
    const watch = setInterval(() => {
      if (!isNpmsChild || process.ppid === parent) return;
      // Once: a second signal would end it hard.
      clearInterval(watch);
      child.kill('SIGTERM');
    }, PARENT_CHECK_MS);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(watch);
      resolve(code ?? 128 + (SIGNAL_NUMBER[signal] ?? 0));
    });
  });
}
