import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { accessOf, APP_NAMES } from './access-table.js';

/** The cells of the row that begins with an app's name. */
function rowOf(page: string, app: string): string[][] {
  const row = page.split('\n').find((line) => line.startsWith(`| ${app} `)) ?? '';
  return row
    .split('|')
    .slice(2, -1)
    .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

/** One retry topic stands for all. */
function names(topics: readonly { name: string }[]): string[] {
  return topics.map(({ name }) => name.replace(/^webhook\.retry\..*/, 'webhook.retry.*'));
}

describe('docs/operations/secure.md', () => {
  const page = readFileSync('docs/operations/secure.md', 'utf8');

  it.each(APP_NAMES)('says what %s needs of Kafka', (app) => {
    const { reads, writes, groups, groupPrefixes } = accessOf(app, [5_000]);
    const [read, written, ...rest] = rowOf(page, app);
    expect([read?.toSorted(), written?.toSorted()]).toEqual([names(reads).toSorted(), names(writes).toSorted()]);
    expect(rest).toEqual([groups, groupPrefixes]);
  });
});
