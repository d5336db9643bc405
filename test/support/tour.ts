import type { PageBlock } from './pages/page-block.js';

/** A block of commands of `docs/tour.md`, and the reply that the page shows beneath it. */
export interface TourStep {
  readonly commands: string;
  readonly reply: unknown;
}

export interface Tour {
  /** What the reader starts in terminals of its own. */
  readonly starts: readonly string[];
  readonly steps: readonly TourStep[];
}

/** @param blocks `console`, `sh` and `json`, in order */
export function readTour(blocks: readonly Pick<PageBlock, 'language' | 'text'>[]): Tour {
  const starts: string[] = [];
  const steps: { commands: string; reply: unknown }[] = [];
  for (const { language, text } of blocks) {
    const last = steps.at(-1);
    if (language === 'console') starts.push(text.trim());
    else if (language === 'sh') steps.push({ commands: text, reply: undefined });
    else if (last !== undefined && last.reply === undefined) last.reply = JSON.parse(text);
    else throw new Error(`no command gives this reply: ${text}`);
  }
  return { starts, steps };
}

/**
 * Where a reply is not what the page shows: a field that is not shown may be anything, `…` stands for any text, and at the end of a list
 * for any more items; alone, for any value.
 * @returns the first place, undefined when there is none
 */
export function differenceFrom(shown: unknown, reply: unknown, place = 'the reply'): string | undefined {
  if (shown === '…') return reply === undefined || reply === null ? `${place} is not there` : undefined;
  if (Array.isArray(shown)) {
    if (!Array.isArray(reply)) return `${place} is ${JSON.stringify(reply)}, no list`;
    const isOpen = shown.length > 1 && shown.at(-1) === '…';
    const count = isOpen ? shown.length - 1 : shown.length;
    if (isOpen ? reply.length < count : reply.length !== count)
      return `${place} has ${reply.length} items: ${JSON.stringify(reply)}`;
    return firstOf(shown.slice(0, count), (item, index) => differenceFrom(item, reply[index], `${place}[${index}]`));
  }
  if (typeof shown === 'object' && shown !== null) {
    const members = (reply ?? {}) as Readonly<Record<string, unknown>>;
    return firstOf(Object.entries(shown), ([name, value]) => differenceFrom(value, members[name], `${place}.${name}`));
  }
  const isSame = typeof shown === 'string' && typeof reply === 'string' ? isLike(shown, reply) : shown === reply;
  return isSame ? undefined : `${place} is ${JSON.stringify(reply)}, not ${JSON.stringify(shown)}`;
}

function firstOf<T>(items: readonly T[], find: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `…` may be any text, but some. */
function isLike(shown: string, text: string): boolean {
  const [first = '', ...others] = shown.split('…');
  if (!text.startsWith(first)) return false;
  const last = others.pop();
  if (last === undefined) return text === first;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at + 1);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length > at + last.length && text.endsWith(last);
}
