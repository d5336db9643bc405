import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const ROOT = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/security.md', ROOT), 'utf8');
/** In backticks, with a folder. */
const PATHS = [...page.matchAll(/`((?:apps|libs|test|docs|scripts|docker)\/[\w./-]+)`/g)].map(([, path = '']) => path);

describe('docs/security.md', () => {
  it('names files that are there', () => {
    expect(PATHS.length).toBeGreaterThan(30);
    expect([...new Set(PATHS)].filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
  });

  it('names a test for everything that is defended', () => {
    const rows = page
      .split('\n')
      .filter((line) => line.startsWith('| ') && line.includes('`') && !line.includes('---'));
    const defended = rows.filter((row) => row.split('|').length === 5);
    expect(defended.length).toBeGreaterThan(15);
    for (const row of defended) expect(row.split('|').at(-2)).toMatch(/`[^`]+\.spec\.ts`/);
  });
});
