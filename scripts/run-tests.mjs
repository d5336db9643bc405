// `npm test`: the checks, then every tier of tests, all of them even when one fails; one line at the end counts them together.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runChecks } from './check.mjs';
import { NODE, ROOT } from './up-to-date.mjs';

const JEST = ['--experimental-vm-modules', path.join('node_modules', 'jest', 'bin', 'jest.js')];

/** Of the end-to-end tests, those of the compose stacks; of the integration tests, those that another run takes. */
const COMPOSE = 'test/e2e/compose/';
const API = 'test/integration/api/';
const KAFKA = 'test/integration/kafka/';
const INFRASTRUCTURE = 'test/integration/infrastructure/';
const EGRESS = 'test/integration/egress/';

/** In band, on services of its own. */
function withServices(name, { projects, only = [], but = [] }) {
  return {
    name,
    args: [
      ...projects.map((project) => `--selectProjects=${project}`),
      ...only.map((pattern) => `--testPathPatterns=${pattern}`),
      ...but.map((pattern) => `--testPathIgnorePatterns=${pattern}`),
      '--runInBand',
    ],
  };
}

/**
 * One phase after the other, the lines of a phase side by side, and of a line one run after the other: unit tests, which leave no processor idle;
 * then what needs services in three lines that take about as long as each other, since most of that waits for something much of the time.
 * One is in two runs, for Jest keeps what it has loaded for each file to the end: a heap of gigabytes has a process stand still for seconds.
 */
const PHASES = [
  [[{ name: 'unit', args: ['--selectProjects=unit', '--maxWorkers=100%'] }]],
  [
    [
      withServices('integration', { projects: ['integration'], but: [API, KAFKA, INFRASTRUCTURE, EGRESS] }),
      withServices('the API', { projects: ['integration'], only: [API] }),
    ],
    [withServices('e2e and Kafka', { projects: ['e2e', 'integration'], only: ['test/e2e/', KAFKA], but: [COMPOSE] })],
    [
      withServices('chaos, compose, infrastructure and egress', {
        projects: ['chaos', 'e2e', 'integration'],
        only: ['test/chaos/', COMPOSE, INFRASTRUCTURE, EGRESS],
      }),
    ],
  ],
];

/** Of what a run wrote, so much is told again where it ended badly without a failed test. */
const MAX_LAST_WORDS_CHARS = 3000;

/** Of a run that has ended, what it wrote is read for so long at most. */
const READ_WITHIN_MS = 5_000;

/** @returns the exit code */
export async function runTests(args) {
  if (args.length > 0) {
    process.stderr.write(
      `npm test takes no arguments (${args.join(' ')}); a single tier is \`npm run test:unit -- ...\`.\n`,
    );
    return 2;
  }
  const startedAt = Date.now();
  const folder = mkdtempSync(path.join(tmpdir(), 'fleethook-results-'));
  const state = { children: new Set(), stopped: false };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      state.stopped = true;
      for (const child of state.children) child.kill(signal);
    });
  }
  let passed = 0;
  let failed = 0;
  const failures = [];
  try {
    for (const check of await runChecks()) {
      if (check.passed) passed++;
      else failures.push(`check: ${check.name}`);
    }
    failed = failures.length;
    for (const phase of PHASES) {
      if (state.stopped) break;
      const names = phase.map((runs) => runs.map(({ name }) => name).join(', then '));
      process.stderr.write(`\n${names.join(', beside it ')}\n`);
      const results = await Promise.all(phase.map((runs) => resultsOf(runs, state, folder)));
      for (const one of results.flat()) {
        passed += one.passed;
        failed += one.failed;
        failures.push(...one.failures);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (state.stopped) {
    failed++;
    failures.push('the run was stopped');
  }
  const lines = failures.map((failure) => `FAIL  ${failure}`);
  lines.push(`${Math.round((Date.now() - startedAt) / 1000)} s`, `${passed} passed, ${failed} failed`);
  process.stdout.write(`\n${lines.join('\n')}\n`);
  return failed === 0 ? 0 : 1;
}

/** One after the other, all of them even when one fails. */
async function resultsOf(runs, state, folder) {
  const results = [];
  for (const run of runs) if (!state.stopped) results.push(await resultOf(run, state, folder));
  return results;
}

async function resultOf(run, state, folder) {
  const file = path.join(folder, `${run.name.replaceAll(/\W+/g, '-')}.json`);
  const { code, lastWords } = await jest(state, [...run.args, '--json', `--outputFile=${file}`]);
  return summarise(run.name, code, read(file), lastWords);
}

/**
 * A run that ended badly without a failed test (a suite that did not load, a leak, a crash) counts as one that failed.
 * @param lastWords what it wrote last: the only reason there is where no test failed
 */
export function summarise(name, code, json, lastWords = '') {
  const endedBadly = (how) => `${name}: ${how}${lastWords && `; its last words:\n${lastWords}`}`;
  if (json === undefined)
    return { passed: 0, failed: 1, failures: [endedBadly(`ended with ${code} and left no results`)] };
  const failures = json.testResults.flatMap((suite) => {
    const file = path.relative(ROOT, suite.name);
    const broken = suite.assertionResults.filter(({ status }) => status === 'failed');
    if (suite.status === 'failed' && broken.length === 0) return [`${file}: the suite did not run`];
    return broken.map(({ fullName }) => `${file}: ${fullName}`);
  });
  const passed = json.numPassedTests;
  if (code !== 0 && failures.length === 0)
    failures.push(endedBadly(`every test passed, but the run ended with ${code}`));
  return { passed, failed: failures.length, failures };
}

function jest(state, args) {
  return new Promise((resolve) => {
    const child = spawn(NODE, [...JEST, ...args], {
      cwd: ROOT,
      // Its summary goes where progress goes; the JSON goes to the file.
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      env: { ...process.env, ...(process.stderr.isTTY && { FORCE_COLOR: '1' }) },
    });
    state.children.add(child);
    let lastWords = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      process.stderr.write(text);
      lastWords = (lastWords + text).slice(-MAX_LAST_WORDS_CHARS);
    });
    const ended = (code) => {
      state.children.delete(child);
      child.stderr.destroy();
      resolve({ code, lastWords: lastWords.trim() });
    };
    child.on('error', () => ended(-1));
    child.on('close', (code, signal) => ended(code ?? signal));
    // A process that a test left behind may hold on to what was its standard error, too.
    child.on('exit', (code, signal) => setTimeout(ended, READ_WITHIN_MS, code ?? signal).unref());
  });
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
