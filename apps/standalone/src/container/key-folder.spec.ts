import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EVERY_USER, KeyFolder } from './key-folder.js';

let folder: string;
let made: string[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fleethook-keys-'));
  made = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (name: string): number => statSync(path.join(folder, name)).mode & 0o777;
const keys = (): KeyFolder => new KeyFolder(folder, (file) => made.push(file));

describe('KeyFolder', () => {
  it('makes a secret once, and gives the same from then on', () => {
    expect(keys().ensure('key', () => 'first')).toBe('first');
    expect(keys().ensure('key', () => 'second')).toBe('first');
    expect(made).toEqual([path.join(folder, 'key')]);
    expect(readdirSync(folder)).toEqual(['key']);
  });

  it("leaves the operator's own alone", () => {
    writeFileSync(path.join(folder, 'key'), 'mine\n');
    expect(keys().ensure('key', () => 'other')).toBe('mine');
    expect(readFileSync(path.join(folder, 'key'), 'utf8')).toBe('mine\n');
    expect(made).toEqual([]);
  });

  it('lets only the owner read it, unless it is for somebody else', () => {
    keys().ensure('ours', () => 'a');
    keys().ensure('theirs', () => 'b', EVERY_USER);
    expect([modeOf('ours'), modeOf('theirs')]).toEqual([0o400, 0o444]);
  });

  it('gives what another start has made meanwhile', () => {
    const other = (): string => {
      writeFileSync(path.join(folder, 'key'), 'theirs');
      return 'ours';
    };
    expect(keys().ensure('key', other)).toBe('theirs');
    expect(made).toEqual([]);
    expect(readdirSync(folder)).toEqual(['key']);
  });
});
