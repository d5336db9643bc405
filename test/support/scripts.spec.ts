import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

interface Scripts {
  readonly sourceFingerprint: (files: readonly string[], root: string) => string;
  readonly withLock: <T>(folder: string, say: (sentence: string) => void, work: () => Promise<T>) => Promise<T>;
  readonly explainWrite: (error: unknown, folder: string) => unknown;
  readonly Failure: new (message: string) => Error;
  readonly rowsOf: (markdown: string) => ReadonlyMap<number, readonly string[]>;
  readonly faultsOf: (
    rows: ReadonlyMap<number, readonly string[]>,
    sources: ReadonlyMap<string, string>,
  ) => readonly string[];
  readonly summarise: (
    name: string,
    code: number,
    json: unknown,
    lastWords?: string,
  ) => { passed: number; failed: number; failures: string[] };
}

const scriptUrl = (name: string): string => pathToFileURL(path.resolve('scripts', `${name}.mjs`)).href;
/** Plain JavaScript without types of its own. */
const script = async (name: string): Promise<Scripts> => (await import(scriptUrl(name))) as Scripts;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fleethook-scripts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('sourceFingerprint', () => {
  it('changes with a source, its name and its absence, not with its time, the order or a spec', async () => {
    const { sourceFingerprint } = await script('up-to-date');
    const write = (file: string, text: string): void => writeFileSync(path.join(folder, file), text);
    write('a.ts', 'one');
    write('b.ts', 'two');
    write('a.spec.ts', 'test');
    const before = sourceFingerprint(['a.ts', 'b.ts', 'a.spec.ts'], folder);
    write('a.ts', 'one');
    write('a.spec.ts', 'another test');
    expect(sourceFingerprint(['b.ts', 'a.spec.ts', 'a.ts'], folder)).toBe(before);
    expect(sourceFingerprint(['a.ts'], folder)).not.toBe(before);
    write('b.ts', 'three');
    expect(sourceFingerprint(['a.ts', 'b.ts'], folder)).not.toBe(before);
  });
});

const silent = (): void => undefined;

describe('withLock', () => {
  it('lets several processes in one after the other', async () => {
    const lock = path.join(folder, 'lock');
    const journal = path.join(folder, 'journal');
    const program = `
      import { appendFileSync } from 'node:fs';
      import { setTimeout as pause } from 'node:timers/promises';
      import { withLock } from ${JSON.stringify(scriptUrl('lock'))};
      await withLock(${JSON.stringify(lock)}, () => undefined, async () => {
        appendFileSync(${JSON.stringify(journal)}, 'in ');
        await pause(50);
        appendFileSync(${JSON.stringify(journal)}, 'out ');
      });`;
    const ends = Array.from({ length: 4 }, () =>
      once(spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' }), 'close'),
    );
    expect((await Promise.all(ends)).map(([code]: unknown[]) => code)).toEqual([0, 0, 0, 0]);
    expect(readFileSync(journal, 'utf8')).toBe('in out '.repeat(4));
    expect(existsSync(lock)).toBe(false);
  });

  it('takes over from a holder that is gone', async () => {
    const { withLock } = await script('lock');
    const lock = path.join(folder, 'lock');
    const gone = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    await once(gone, 'close');
    mkdirSync(lock);
    writeFileSync(path.join(lock, 'pid'), String(gone.pid));
    await expect(withLock(lock, silent, () => Promise.resolve('done'))).resolves.toBe('done');
  });

  it('takes over from a process that had our own id before us', async () => {
    const { withLock } = await script('lock');
    const lock = path.join(folder, 'lock');
    mkdirSync(lock);
    writeFileSync(path.join(lock, 'pid'), String(process.pid));
    await expect(withLock(lock, silent, () => Promise.resolve('done'))).resolves.toBe('done');
  });

  it('does not wait for a process that got the id of its holder', async () => {
    const { withLock } = await script('lock');
    const lock = path.join(folder, 'lock');
    mkdirSync(lock);
    writeFileSync(path.join(lock, 'pid'), `${process.ppid} another-boot:1`);
    await expect(withLock(lock, silent, () => Promise.resolve('done'))).resolves.toBe('done');
  });

  it('is waited for within one process as well', async () => {
    const { withLock } = await script('lock');
    const lock = path.join(folder, 'lock');
    const journal: string[] = [];
    const work = async (): Promise<void> => {
      journal.push('in');
      await Promise.resolve();
      journal.push('out');
    };
    await Promise.all([withLock(lock, silent, work), withLock(lock, silent, work)]);
    expect(journal).toEqual(['in', 'out', 'in', 'out']);
  });

  it('is given back when the work fails', async () => {
    const { withLock } = await script('lock');
    const lock = path.join(folder, 'lock');
    await expect(withLock(lock, silent, () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
    expect(existsSync(lock)).toBe(false);
  });
});

describe('explainWrite', () => {
  it.each(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'])('makes a sentence of %s', async (code) => {
    const { explainWrite, Failure } = await script('failure');
    const error = Object.assign(new Error(`${code}: mkdir`), { code });
    expect(explainWrite(error, '/repository')).toBeInstanceOf(Failure);
    expect(explainWrite(error, '/repository')).toMatchObject({
      message: expect.stringMatching(new RegExp(`^/repository cannot be written, .*\\(${code}\\)`)),
    });
  });

  it('leaves the rest as it is', async () => {
    const { explainWrite } = await script('failure');
    const error = new TypeError('of ours');
    expect(explainWrite(error, '/repository')).toBe(error);
  });
});

const suite = (status: string, ...tests: string[]): object => ({
  name: path.resolve('libs/x.spec.ts'),
  status,
  assertionResults: tests.map((outcome, index) => ({ status: outcome, fullName: `test ${index}` })),
});

describe('summarise', () => {
  it.each([
    ['all passed', 0, { numPassedTests: 2, testResults: [suite('passed', 'passed', 'passed')] }, 2, []],
    [
      'one failed',
      1,
      { numPassedTests: 1, testResults: [suite('failed', 'passed', 'failed')] },
      1,
      ['libs/x.spec.ts: test 1'],
    ],
    [
      'a suite that did not load',
      1,
      { numPassedTests: 0, testResults: [suite('failed')] },
      0,
      ['libs/x.spec.ts: the suite did not run'],
    ],
    [
      'a leak after the last test',
      1,
      { numPassedTests: 1, testResults: [suite('passed', 'passed')] },
      1,
      ['unit: every test passed, but the run ended with 1'],
    ],
    ['no results at all', 137, undefined, 0, ['unit: ended with 137 and left no results']],
  ])('%s', async (_, code, json, passed, failures) => {
    const { summarise } = await script('run-tests');
    expect(summarise('unit', code, json)).toEqual({ passed, failed: failures.length, failures });
  });

  it('tells again what a run wrote last where no test says what was wrong', async () => {
    const { summarise } = await script('run-tests');
    const broken = { numPassedTests: 0, testResults: [suite('failed', 'failed')] };
    const leaking = { numPassedTests: 1, testResults: [suite('passed', 'passed')] };
    const told = [undefined, leaking, broken].map((json) => summarise('unit', 1, json, 'Still open').failures);
    expect(told).toEqual([
      ['unit: ended with 1 and left no results; its last words:\nStill open'],
      ['unit: every test passed, but the run ended with 1; its last words:\nStill open'],
      ['libs/x.spec.ts: test 0'],
    ]);
  });
});

const mark = (number: number): string => `it('holds (promise ${number})')`;

describe('guarantees', () => {
  const page = [
    '| #   | promise | limits | test |',
    '| --- | ------- | ------ | ---- |',
    '| 1   | One.    | see `c.spec.ts` | `a.spec.ts`, `b.spec.ts` (a part) |',
    '| 2   | Two.    |        | `a.spec.ts` |',
    '| 3   | Three.  |        | |',
  ].join('\n');

  it('read the tests of each row from its last column', async () => {
    const { rowsOf } = await script('guarantees');
    expect([...rowsOf(page)]).toEqual([
      [1, ['a.spec.ts', 'b.spec.ts']],
      [2, ['a.spec.ts']],
      [3, []],
    ]);
  });

  it('miss tests that are named and not there, and rows that tests name', async () => {
    const { rowsOf, faultsOf } = await script('guarantees');
    const sources = new Map([
      ['a.spec.ts', mark(1) + mark(2)],
      ['c.spec.ts', mark(2) + mark(9)],
    ]);
    expect(faultsOf(rowsOf(page), sources)).toEqual([
      'promise 1 names b.spec.ts, which is not there',
      'promise 3 names no test',
      'c.spec.ts holds promise 2, whose row does not name it',
      'c.spec.ts holds promise 9, whose row does not name it',
    ]);
  });
});
