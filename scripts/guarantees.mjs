// Holds docs/guarantees.md and the tests together: a promise names tests that exist, and a test that names a promise is named by it.
import { existsSync, readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './up-to-date.mjs';

const ROW = /^\|\s*(\d+)\s*\|(.*)\|\s*$/;
const TEST = /`([^`]+\.spec\.ts)`/g;
/** In the title of a test: `it('loses nothing (promise 3)', ...)`. */
const MARK = /\(promise (\d+)\)/g;

/** @returns by number, the tests that a row names */
export function rowsOf(markdown) {
  const rows = new Map();
  for (const line of markdown.split('\n')) {
    const row = ROW.exec(line);
    // The last column: the others may name a test in passing.
    if (row !== null)
      rows.set(
        Number(row[1]),
        [...(row[2].split('|').at(-1) ?? '').matchAll(TEST)].map(([, file]) => file),
      );
  }
  return rows;
}

/** @param sources by path, the text of every spec @returns a sentence for each fault */
export function faultsOf(rows, sources) {
  const faults = [];
  for (const [number, files] of rows) {
    if (files.length === 0) faults.push(`promise ${number} names no test`);
    for (const file of files)
      if (!sources.has(file)) faults.push(`promise ${number} names ${file}, which is not there`);
  }
  for (const [file, text] of sources)
    for (const [, number] of text.matchAll(MARK))
      if (rows.get(Number(number))?.includes(file) !== true)
        faults.push(`${file} holds promise ${number}, whose row does not name it`);
  return [...new Set(faults)];
}

async function main() {
  const page = path.join(ROOT, 'docs', 'guarantees.md');
  if (!existsSync(page)) throw new Error('docs/guarantees.md is not there');
  const sources = new Map();
  for await (const file of glob('{apps,libs,test}/**/*.spec.ts', { cwd: ROOT, exclude: ['**/node_modules/**'] }))
    sources.set(file.replaceAll(path.sep, '/'), readFileSync(path.join(ROOT, file), 'utf8'));
  const faults = faultsOf(rowsOf(readFileSync(page, 'utf8')), sources);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
