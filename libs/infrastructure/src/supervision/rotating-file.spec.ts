import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RotatingFile } from './rotating-file.js';

let folder: string;
let file: string;
const said: string[] = [];
const say = (sentence: string): void => void said.push(sentence);
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fleethook-log-'));
  file = path.join(folder, 'router.log');
  said.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('RotatingFile', () => {
  it('keeps the file before, and no more', () => {
    const log = new RotatingFile(file, 10, say);
    for (const line of ['one\n', 'two\n', 'three\n', 'four\n']) log.write(line);
    log.close();
    expect(readFileSync(file, 'utf8')).toBe('four\n');
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('three\n');
    expect(said).toEqual([]);
  });

  it('leaves out what cannot be written, says so once, and says when it can again', () => {
    const log = new RotatingFile(file, 10, say);
    log.write('before\n');
    // Nothing can take its place: the file before cannot be replaced.
    mkdirSync(`${file}.1`);
    log.write('lost 1\n');
    log.write('lost 2\n');
    expect(said).toEqual([expect.stringMatching(/router\.log cannot be written, its lines are left out: /)]);
    rmSync(`${file}.1`, { recursive: true });
    log.write('after\n');
    log.write('x\n');
    log.close();
    expect(said.slice(1)).toEqual([`${file} is written again.`]);
    expect(readFileSync(file, 'utf8')).toBe('after\nx\n');
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('before\n');
  });

  it('can be closed while it cannot be written', () => {
    const log = new RotatingFile(file, 1, say);
    log.write('before\n');
    mkdirSync(`${file}.1`);
    log.write('lost\n');
    log.close();
    expect(existsSync(file)).toBe(true);
  });
});
