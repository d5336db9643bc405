// Every check that needs no services, two at a time, all of them even when one fails: `npm run check`, and first in `npm test`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bringUpToDate, NODE, ROOT } from './up-to-date.mjs';

const bin = (name) => path.join('node_modules', '.bin', name);

/** What a check asks, and the command that answers it; the longest first. */
const CHECKS = [
  { name: 'format', command: [bin('prettier'), '--check', '--log-level=warn', '.'] },
  { name: 'types', command: [bin('tsc'), '--noEmit', '-p', 'tsconfig.json'] },
  { name: "the console's types", command: [bin('tsc'), '--noEmit', '-p', 'apps/console/tsconfig.json'] },
  { name: 'lint', command: [bin('oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'rooms', command: [bin('depcruise'), '--config', 'dependency-cruiser.config.cjs', 'apps', 'libs', 'test'] },
  { name: 'dead code', command: [bin('knip')] },
  {
    name: 'generated docs',
    command: [NODE, 'scripts/generate-docs.mjs', '--check'],
    needs: 'scripts/generate-docs.mjs',
  },
  { name: 'guarantees', command: [NODE, 'scripts/guarantees.mjs'] },
  { name: 'commit titles', command: [NODE, 'scripts/commit-titles.mjs'] },
  { name: 'API document', command: [bin('redocly'), 'lint', '--format=stylish'], needs: 'redocly.yaml' },
  { name: 'Markdown', command: [bin('markdownlint-cli2')], needs: '.markdownlint-cli2.jsonc' },
];

/** Each of them keeps one core busy. */
const AT_A_TIME = 2;

/** @returns one result per check, in the order in which they ended: `{ name, passed, seconds, output }` */
export async function runChecks(say = (sentence) => process.stderr.write(`${sentence}\n`)) {
  const results = [];
  const waiting = CHECKS.filter(({ needs }) => needs === undefined || existsSync(path.join(ROOT, needs)));
  const oneAfterTheOther = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const startedAt = Date.now();
      const { code, output } = await run(check.command);
      const result = { name: check.name, passed: code === 0, seconds: (Date.now() - startedAt) / 1000, output };
      results.push(result);
      say(`${result.passed ? 'pass' : 'FAIL'}  ${result.name} (${result.seconds.toFixed(1)} s)`);
      if (!result.passed) say(output.trimEnd());
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, oneAfterTheOther));
  return results;
}

function run([command, ...args]) {
  return new Promise((resolve) => {
    // The tools' own `node` is the pinned one, too.
    const env = {
      ...process.env,
      // Linters work on this machine alone.
      REDOCLY_TELEMETRY: 'off',
      REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
      PATH: `${path.dirname(NODE)}${path.delimiter}${process.env['PATH']}`,
    };
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => resolve({ code: -1, output: error.message }));
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString('utf8') }));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await bringUpToDate();
  const results = await runChecks();
  process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
}
