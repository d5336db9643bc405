import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = process.cwd();
const PAGES = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: ROOT }), 'libs/signing/README.md'];

/** As GitHub names the place of a heading. */
function anchorsOf(text: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const headings = withoutCode(text).matchAll(/^#{1,6} +(.+)$/gm);
  const explicit = [...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name]) => name ?? '');
  const slugs = [...headings].map(([, heading = '']) => {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
    const slug = plain
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
  return new Set([...slugs, ...explicit]);
}

function withoutCode(text: string): string {
  return text
    .replaceAll(/^```[^\n]*\n[\s\S]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]]/g, ' '));
}

function brokenLinks(page: string): string[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8');
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page : path.join(path.dirname(page), decodeURI(file));
    if (!existsSync(path.join(ROOT, target))) return [`${link}: there is no ${target}`];
    if (anchor === undefined || statSync(path.join(ROOT, target)).isDirectory()) return [];
    return anchorsOf(readFileSync(path.join(ROOT, target), 'utf8')).has(anchor)
      ? []
      : [`${link}: ${target} has no such heading`];
  });
}

describe('the links of the documents', () => {
  it.each(PAGES)('%s leads to files and headings that are there', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it('would be found broken', () => {
    expect(anchorsOf('# One `two`\n\n## One two\n')).toEqual(new Set(['one-two', 'one-two-1']));
  });

  it('are all reached from the book', () => {
    const book = readFileSync(path.join(ROOT, 'docs/README.md'), 'utf8');
    const chapters = globSync('docs/*.md', { cwd: ROOT }).map((page) => path.basename(page));
    expect(chapters.filter((page) => page !== 'README.md' && !book.includes(`](${page})`))).toEqual([]);
  });
});
