// Brings node_modules and dist up to date with the lock file and the sources, once, however many ask at the same time.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { explainWrite, Failure } from './failure.mjs';
import { withLock } from './lock.mjs';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** The pinned one, whatever the machine has. */
export const NODE = path.join(ROOT, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const MODULES = path.join(ROOT, 'node_modules');
const DIST = path.join(ROOT, 'dist');
const INSTALL_STAMP = path.join(MODULES, '.cache', 'fleethook', 'installed');
/** Writes libs/signing/dist: what receivers install, and what the examples in docs/ import. */
const RECEIVER_KIT = path.join(ROOT, 'libs', 'signing', 'build.mjs');
const RECEIVER_KIT_DIST = path.join(ROOT, 'libs', 'signing', 'dist');
const BUILD_STAMP = path.join(DIST, '.built-from');
/** The console is built by itself: by another tool, into files that a browser loads. */
const CONSOLE = 'apps/console';
const CONSOLE_STAMP = path.join(DIST, '.console-built-from');

export async function bringUpToDate() {
  if (isInstalled() && isBuilt() && isConsoleBuilt()) return;
  try {
    await withLock(path.join(ROOT, '.fleethook-build.lock'), say, async () => {
      if (!isInstalled()) await install();
      if (!isBuilt()) await build();
      if (!isConsoleBuilt()) await buildConsole();
    });
  } catch (error) {
    throw explainWrite(error, ROOT);
  }
}

function isInstalled() {
  return existsSync(NODE) && read(INSTALL_STAMP) === lockFingerprint();
}

function isBuilt() {
  return read(BUILD_STAMP) === sourceFingerprint(sources());
}

function isConsoleBuilt() {
  return (
    existsSync(path.join(DIST, CONSOLE, 'index.html')) && read(CONSOLE_STAMP) === sourceFingerprint(consoleSources())
  );
}

async function install() {
  say('Installing the dependencies of the lock file (a minute or two, once).');
  rmSync(INSTALL_STAMP, { force: true });
  // Not `npm ci`: it refuses a lock file that lacks another platform's binary, where a registry does not have that one (yet). This
  // installs the locked versions just the same, and leaves the lock file and the caches in node_modules alone. What builds is a
  // dependency of development, which npm may be set to leave out.
  await tool('npm', ['install', '--include=dev', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    missing: 'npm was not found: it comes with Node; install it.',
    failed:
      'The dependencies could not be installed: see the lines above, check the network and the disk, then start again.',
    every: (seconds) => `Still installing (${seconds} s).`,
  });
  if (!existsSync(NODE)) {
    throw new Failure(
      'The pinned Node was not installed: npm held back its install script. Run `npm rebuild --ignore-scripts=false`.',
    );
  }
  stamp(INSTALL_STAMP, lockFingerprint());
}

/** All that runs, whatever is there already: what an image is made of. */
export async function buildAll() {
  await build();
  await buildConsole();
}

async function build() {
  say('Building (about 20 s).');
  const files = sources();
  // Without a stamp nobody knows what the build folder holds: the compiler shall not trust its memory of it.
  if (read(BUILD_STAMP) === undefined) forgetEarlierBuilds();
  rmSync(BUILD_STAMP, { force: true });
  // While the kit can be resolved as a package, the compiler leaves its imports as they are, and the apps would need it installed.
  rmSync(RECEIVER_KIT_DIST, { recursive: true, force: true });
  const fingerprint = sourceFingerprint(files);
  await tool(NODE, [path.join('node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build', 'standalone'], {
    missing: 'The build tool was not found: remove node_modules and start again.',
    failed: 'The build failed: see the lines above.',
  });
  await tool(NODE, [RECEIVER_KIT], {
    missing: 'The pinned Node was not found: remove node_modules and start again.',
    failed: 'The receiver kit could not be built: see the lines above.',
  });
  copyData(files);
  removeStale(files);
  stamp(BUILD_STAMP, fingerprint);
}

async function buildConsole() {
  say('Building the console (a few seconds).');
  rmSync(CONSOLE_STAMP, { force: true });
  const fingerprint = sourceFingerprint(consoleSources());
  await tool(NODE, [path.join('node_modules', 'vite', 'bin', 'vite.js'), 'build', CONSOLE, '--logLevel', 'warn'], {
    missing: 'The build tool was not found: remove node_modules and start again.',
    failed: 'The build of the console failed: see the lines above.',
  });
  stamp(CONSOLE_STAMP, fingerprint);
}

function forgetEarlierBuilds() {
  const cache = path.join(MODULES, '.cache');
  for (const name of existsSync(cache) ? readdirSync(cache) : []) {
    if (name.endsWith('.tsbuildinfo')) rmSync(path.join(cache, name));
  }
}

/** What the compiler leaves where it is: data that the code reads. */
function copyData(files) {
  for (const file of files) {
    if (!/\/src\//.test(file) || /\.(ts|tsx|map)$/.test(file)) continue;
    const target = path.join(DIST, file);
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(path.join(ROOT, file), target);
  }
}

/** What a source that is gone has left behind must not be found any more. */
function removeStale(files) {
  const present = new Set(files);
  for (const built of filesBelow('dist', ['apps', 'libs'])) {
    const source = built.slice('dist/'.length);
    const compiledFrom = source.replace(/\.(js|js\.map|d\.ts)$/, '.ts');
    if (source.startsWith(`${CONSOLE}/`)) continue;
    if (!present.has(source) && !present.has(compiledFrom)) rmSync(path.join(ROOT, built));
  }
}

/** Paths from the root, with `/`. */
function sources() {
  const inRooms = ['apps', 'libs']
    .flatMap((folder) => filesBelow(folder, readdirSync(path.join(ROOT, folder))))
    .filter(
      (file) => /^[^/]+\/[^/]+\/(src\/|tsconfig[^/]*$|build\.mjs$)/.test(file) && !file.startsWith(`${CONSOLE}/`),
    );
  const commands = filesBelow('test', ['bench', 'chaos', 'soak', 'support']).filter((file) => file.endsWith('.ts'));
  return [...inRooms, ...commands, 'tsconfig.json', 'nest-cli.json', 'package-lock.json'];
}

function consoleSources() {
  const files = ['index.html', 'package.json', 'tsconfig.json', 'vite.config.ts'].map((name) => `${CONSOLE}/${name}`);
  return [
    ...filesBelow(CONSOLE, ['src']),
    ...filesBelow('libs', ['contract']),
    ...files,
    'tsconfig.json',
    'package-lock.json',
  ];
}

function filesBelow(folder, names) {
  return names.flatMap((name) => {
    const start = path.join(ROOT, folder, name);
    if (!existsSync(start)) return [];
    return readdirSync(start, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(ROOT, path.join(entry.parentPath ?? entry.path, entry.name)))
      .map((file) => file.replaceAll(path.sep, '/'));
  });
}

/** By content: times tell nothing after a checkout. */
export function sourceFingerprint(files, root = ROOT) {
  const hash = createHash('sha256');
  for (const file of files.toSorted((left, right) => (left < right ? -1 : 1))) {
    if (file.endsWith('.spec.ts')) continue;
    const text = read(path.join(root, file));
    if (text !== undefined) hash.update(`${file}\0${text}\0`);
  }
  return hash.digest('hex');
}

function lockFingerprint() {
  return createHash('sha256')
    .update(readFileSync(path.join(ROOT, 'package-lock.json')))
    .digest('hex');
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function stamp(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

function tool(command, args, { missing, failed, every }) {
  return new Promise((resolve, reject) => {
    const startedAt = Date.now();
    const progress = every && setInterval(() => say(every(Math.round((Date.now() - startedAt) / 1000))), 10_000);
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
    child.on('error', () => reject(new Failure(missing)));
    child.on('close', (code, signal) => {
      clearInterval(progress);
      if (code === 0) resolve();
      else reject(new Failure(signal === null ? failed : `Stopped by ${signal}.`));
    });
  });
}
