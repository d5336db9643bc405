import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { DialPolicy } from './dial-policy.js';
import { Targets } from '../connections/origin.js';

/** A URL as a customer may write it, and what becomes of it. */
interface Form {
  readonly url: string;
  /** What its name's look-up says; without it there must be none. */
  readonly resolves?: readonly string[];
  /** The addresses that may be dialled, in this order. */
  readonly dials?: readonly string[];
  /** A part of the reason; `dns`: not before it is looked up. */
  readonly refused?: string;
}

const FORMS = JSON.parse(readFileSync(new URL('url-forms.json', import.meta.url), 'utf8')) as readonly Form[];
/** As EGRESS_PORTS has them by default. */
const policy = new DialPolicy([], ['443', '1024-65535']);

/** As an attempt does it: the URL's faults, then its addresses, each checked as it would be dialled. */
function verdictOn({ url, resolves }: Form): { dials: readonly string[] } | { refused: string } {
  const target = new Targets(policy).of(url);
  if (typeof target === 'string') return { refused: target };
  const { host } = target.origin;
  if (isIP(host) === 0 && resolves === undefined)
    throw new Error(`${url} is looked up, and nobody says what that gives`);
  const permitted = policy.guard.permitted(isIP(host) === 0 ? (resolves ?? []) : [host]);
  return permitted.length === 0 ? { refused: 'dns' } : { dials: permitted };
}

describe('forms of URLs (promise 12)', () => {
  it('are many', () => {
    expect(FORMS.length).toBeGreaterThanOrEqual(300);
    expect(new Set(FORMS.map((form) => JSON.stringify([form.url, form.resolves]))).size).toBe(FORMS.length);
  });

  it.each(FORMS.map((form) => [JSON.stringify(form.url).slice(1, -1), form] as const))('%s', (_, form) => {
    const verdict = verdictOn(form);
    const found = 'refused' in verdict ? verdict.refused.includes(form.refused ?? '\0') : verdict.dials;
    expect([verdict, found]).toEqual([verdict, form.dials ?? true]);
  });
});
