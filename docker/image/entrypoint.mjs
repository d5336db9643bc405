// PID 1 of every container: runs the one command that it is given, in this process, so that signals reach it as they are.
const COMMANDS = {
  ingest: 'apps/ingest/src/main.js',
  router: 'apps/router/src/main.js',
  delivery: 'apps/delivery/src/main.js',
  recorder: 'apps/recorder/src/main.js',
  api: 'apps/api/src/main.js',
  migrate: 'apps/api/src/migrate.js',
  reseal: 'apps/api/src/reseal.js',
  republish: 'apps/api/src/republish.js',
  erase: 'apps/api/src/erase.js',
  doctor: 'apps/doctor/src/main.js',
  keys: 'apps/standalone/src/container/make-keys.js',
  demo: 'apps/standalone/src/container/run-demo.js',
};

const command = process.argv[2];
if (!Object.hasOwn(COMMANDS, command)) {
  const asked = command === undefined ? 'A command is missing' : `There is no command ${command}`;
  process.stderr.write(`${asked}: it is one of ${Object.keys(COMMANDS).join(', ')}.\n`);
  process.exit(2);
}

// The kernel gives PID 1 no default actions: until the command listens for a signal itself, nobody would.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(code);
  });
}

const script = new URL(`../dist/${COMMANDS[command]}`, import.meta.url);
process.argv.splice(1, 2, script.pathname);
await import(script.href);
