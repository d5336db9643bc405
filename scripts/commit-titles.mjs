// Holds the titles of commits to commitlint.config.js, from the day on which the rule was made: what is older stays as it is.
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { NODE, ROOT } from './up-to-date.mjs';

const HELD_SINCE = '2026-11-26T00:13:00Z';
const COMMITLINT = path.join(ROOT, 'node_modules', '@commitlint', 'cli', 'cli.js');

const root = rootCommit();
if (root === undefined) {
  process.stderr.write('No history here, so no titles to look at.\n');
} else {
  const { status } = spawnSync(
    NODE,
    [COMMITLINT, '--from', root, '--to', 'HEAD', `--git-log-args=--no-merges --since=${HELD_SINCE}`],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  process.exitCode = status ?? 1;
}

/** Undefined without git, or outside a clone of ours. */
function rootCommit() {
  try {
    const options = { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    const top = execFileSync('git', ['rev-parse', '--show-toplevel'], options).trim();
    if (path.resolve(top) !== ROOT) return undefined;
    return execFileSync('git', ['rev-list', '--max-parents=0', 'HEAD'], options).trim().split('\n')[0];
  } catch {
    return undefined;
  }
}
