#!/usr/bin/env node
// The door to the command line. Plain JavaScript for Node 20 or later: it finds the Node that the rest needs, and says what is missing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MAIN = new URL('../../../dist/apps/cli/src/main.js', import.meta.url);
/** Comes with the dependencies; what is built is written for it. */
const PINNED_NODE = path.join(ROOT, 'node_modules', 'node', 'bin', 'node');
const NODE_MAJOR = 24;
const FAILED = 1;
const SIGNAL_NUMBER = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

if (!existsSync(MAIN)) end('The command line is not built yet: run `npm run build` in the clone.');
else if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) await run();
else if (existsSync(PINNED_NODE)) process.exitCode = await again();
else
  end(`Node ${NODE_MAJOR} or later is needed, and this is ${process.version}: install a later one, or run \`npm ci\`.`);

async function run() {
  // Resolved from here, where it is installed: what is built lies elsewhere.
  const { Command } = await import('commander');
  const { main } = await import(MAIN.href);
  process.exitCode = await main(new Command('fleethook'), ROOT);
}

/** The same on the pinned Node. */
function again() {
  const child = spawn(PINNED_NODE, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of Object.keys(SIGNAL_NUMBER))
    process.on(signal, () => {
      // A terminal's Ctrl-C reaches the child by itself, and a second one would end it hard.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + (SIGNAL_NUMBER[signal] ?? 0)));
  });
}

function end(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = FAILED;
}
