// The door to everything: `node scripts/fleethook.mjs start | build | test | bench | chaos | soak`, behind `npm start` and `npm test`.
// Installs what is missing, builds what is stale, then runs the rest on the Node that the lock file pins.
// Plain JavaScript without dependencies, for Node 20 or later: it must run before anything is installed.
import { Failure } from './failure.mjs';
import { bringUpToDate, NODE, ROOT } from './up-to-date.mjs';
import { runToEnd } from './run-to-end.mjs';
import { runTests } from './run-tests.mjs';
import path from 'node:path';

const USAGE = `Usage: node scripts/fleethook.mjs COMMAND
  start [--no-demo]   Kafka, PostgreSQL and every app, with a demo; Ctrl-C stops all of it (npm start)
  build               installs and builds, no more (npm run build)
  test                every check and every tier of tests but \`npm run test:cluster\`, which needs Docker (npm test)
  bench [--only NAME,...] [--check]   every figure as a ratio against its reference (npm run bench)
  chaos [--events N]  kills every app in turn while events flow, and counts (npm run chaos)
  soak [--minutes N] [--rate N]   a steady rate; memory, handles and lag must stay flat (npm run soak)
`;

const MAIN = path.join(ROOT, 'dist', 'apps', 'standalone', 'src', 'main.js');
const BENCH = path.join(ROOT, 'dist', 'test', 'bench', 'main.js');
const CHAOS = path.join(ROOT, 'dist', 'test', 'chaos', 'main.js');
const SOAK = path.join(ROOT, 'dist', 'test', 'soak', 'main.js');

const COMMANDS = {
  start: (args) => runToEnd(NODE, ['--enable-source-maps', MAIN, ...args], { followParent: true }),
  // All of it is done by then.
  build: () => 0,
  test: (args) => runTests(args),
  bench: (args) => runToEnd(NODE, [BENCH, ...args]),
  chaos: (args) => runToEnd(NODE, ['--enable-source-maps', CHAOS, ...args]),
  soak: (args) => runToEnd(NODE, ['--enable-source-maps', SOAK, ...args]),
};

async function main([name, ...args]) {
  if (name === '--help' || name === '-h') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (!Object.hasOwn(COMMANDS, name ?? '')) {
    process.stderr.write(`${name === undefined ? 'A command is missing.' : `There is no command ${name}.`}\n${USAGE}`);
    return 2;
  }
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) throw new Failure(`Node 20 or later is needed, and this is ${process.version}: install a later one.`);
  // Set for other software, it would say to npm what to leave out, to Vite what to build, and to Jest what to test.
  delete process.env['NODE_ENV'];
  await bringUpToDate();
  return COMMANDS[name](args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Failure ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
