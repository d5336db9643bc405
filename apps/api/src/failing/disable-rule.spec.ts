import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import { HOUR_MS, type FailingWebhook, type Warned, type WebhookHealth } from '@fleethook/store';
import * as fc from 'fast-check';
import { verdictOn } from './disable-rule.js';
import { failingRun } from './failing-run.js';

const organization = newOrganizationPrn();
const webhook = newPrn(organization, 'webhook');

/** Hours of a story that begins when the webhook is enabled. */
const ENABLED_MS = Date.UTC(2026, 0, 1);
const at = (hours: number): number => ENABLED_MS + hours * HOUR_MS;

interface Story {
  readonly success?: number;
  readonly failures?: readonly number[];
  readonly horizon?: number;
  readonly struggling?: number;
  readonly disableAfter?: number | 'never';
  readonly warned?: readonly (Pick<Warned, 'kind'> & { since: number; at: number })[];
}

function told({ success, failures = [], horizon, struggling, disableAfter = 72, warned = [] }: Story): FailingWebhook {
  const health: WebhookHealth = {
    webhook,
    lastSuccessAtMs: success === undefined ? undefined : at(success),
    lastFailureAtMs: failures.length === 0 ? undefined : at(Math.max(...failures)),
    lastHorizonAtMs: horizon === undefined ? undefined : at(horizon),
    failingHoursMs: failures.map(at),
    struggling:
      struggling === undefined
        ? undefined
        : { atMs: at(struggling), delivery: 'd', outcome: 'http_status', status: 500 },
  };
  return {
    organization,
    enabledAtMs: ENABLED_MS,
    disableAfterMs: disableAfter === 'never' ? undefined : disableAfter * HOUR_MS,
    health,
    warned: warned.map(({ kind, since, at: hours }) => ({ kind, sinceMs: at(since), atMs: at(hours) })),
  };
}

/** `disable`, or the kinds of the warnings. */
function verdict(story: Story, nowHours: number): string | string[] {
  const result = verdictOn(told(story), at(nowHours));
  return result.kind === 'disable' ? 'disable' : result.warnings.map(({ kind }) => kind);
}

const DOWN = { failures: [1, 20, 73], horizon: 73 } as const;
const ALL_WARNED = (['disabling_50_percent', 'disabling_70_percent', 'disabling_90_percent'] as const).map((kind) => ({
  kind,
  since: 0,
  at: 70,
}));

describe('disabling', () => {
  it.each<[string, Story, number, boolean]>([
    ['all three hold', DOWN, 73, true],
    ['never succeeded, nothing failed', {}, 1_000, false],
    ['a minute too early', DOWN, 73 - 1 / 60, false],
    ['no delivery has used up its horizon', { ...DOWN, horizon: 0 }, 100, false],
    ['the horizon was used up before the last success', { success: 0.9, failures: [1, 20], horizon: 0.5 }, 100, false],
    ['all failures lie within 12 h', { failures: [1, 12.9], horizon: 12 }, 100, false],
    ['failures lie exactly 12 h apart', { failures: [1, 13], horizon: 13 }, 100, true],
    ['a success came after the failures', { ...DOWN, success: 74 }, 200, false],
    ['a success starts the clock again', { ...DOWN, success: 2 }, 73.9, false],
    [
      'a success long ago, as failing began with the first failure',
      { success: 1, failures: [50, 70], horizon: 70 },
      100,
      false,
    ],
    ['the failures are of before it was enabled', { failures: [-80, -60, -1], horizon: -1 }, 0, false],
    ['the organization wants a day only', { failures: [1, 14], horizon: 14, disableAfter: 24 }, 25, true],
    ['the organization wants 30 days', { ...DOWN, disableAfter: 720 }, 700, false],
    ['the organization wants it never', { ...DOWN, disableAfter: 'never' }, 10_000, false],
    ['warnings were given or not', { ...DOWN, warned: ALL_WARNED }, 73, true],
  ])('%s', (_name, story, nowHours, expected) => {
    expect(verdict(story, nowHours) === 'disable').toBe(expected);
  });

  it('never happens within the time after a success or an enabling, whatever else is known', () => {
    const hours = fc.integer({ min: -100, max: 400 });
    fc.assert(
      fc.property(
        fc.record({
          success: fc.option(hours, { nil: undefined }),
          failures: fc.uniqueArray(hours).map((all) => all.toSorted((one, other) => one - other)),
          horizon: fc.option(hours, { nil: undefined }),
          disableAfter: fc.integer({ min: 24, max: 100 }),
        }),
        fc.integer({ min: 0, max: 500 }),
        ({ success, horizon, ...rest }, now) => {
          const story = {
            ...rest,
            ...(success !== undefined && { success }),
            ...(horizon !== undefined && { horizon }),
          };
          const isDisabled = verdict(story, now) === 'disable';
          const lastGood = Math.max(success ?? 0, 0);
          const failures = rest.failures.filter((failed) => failed > lastGood);
          const [first = Number.NaN] = failures;
          const expected =
            now - first >= rest.disableAfter && (horizon ?? -1_000) > lastGood && (failures.at(-1) ?? 0) - first >= 12;
          expect(isDisabled).toBe(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('warning', () => {
  it.each<[string, Story, number, string[]]>([
    ['nothing at 49 %', { failures: [1] }, 1 + 0.49 * 72, []],
    ['half of the time', { failures: [1] }, 1 + 36, ['disabling_50_percent']],
    ['70 %, when 50 % was told', { failures: [1], warned: ALL_WARNED.slice(0, 1) }, 1 + 51, ['disabling_70_percent']],
    ['90 %', { failures: [1], warned: ALL_WARNED.slice(0, 2) }, 1 + 65, ['disabling_90_percent']],
    ['only the last of several that were reached at once', { failures: [1] }, 1 + 65, ['disabling_90_percent']],
    ['nothing below a step that was told', { failures: [1], warned: ALL_WARNED.slice(2) }, 1 + 52, []],
    ['nothing twice', { failures: [1], warned: ALL_WARNED }, 1 + 71, []],
    ['again after a success', { success: 80, failures: [81], warned: ALL_WARNED }, 81 + 36, ['disabling_50_percent']],
    [
      'again after it was enabled anew',
      { failures: [1], warned: ALL_WARNED.map((one) => ({ ...one, since: -100 })) },
      37,
      ['disabling_50_percent'],
    ],
    ['no clock where it is never disabled', { failures: [1], disableAfter: 'never' }, 500, []],
    ['four failed tries', { failures: [1], struggling: 1 }, 1.1, ['delivery_failing']],
    [
      'four failed tries, told',
      { failures: [1], struggling: 1, warned: [{ kind: 'delivery_failing', since: 0, at: 1 }] },
      30,
      [],
    ],
    ['four failed tries of before it was enabled', { failures: [-1], struggling: -1 }, 0.1, []],
    [
      'four failed tries, also where it is never disabled',
      { failures: [1], struggling: 1, disableAfter: 'never' },
      2,
      ['delivery_failing'],
    ],
    [
      'four failed tries again after a success',
      { success: 2, failures: [3], struggling: 3, warned: [{ kind: 'delivery_failing', since: 0, at: 1 }] },
      3.1,
      ['delivery_failing'],
    ],
    ['four failed tries while others succeed', { success: 1.01, struggling: 1 }, 1.02, ['delivery_failing']],
    ['the same, but old', { success: 2.1, struggling: 1 }, 2.2, []],
    [
      'the same, told within a day',
      { success: 20, struggling: 19.9, warned: [{ kind: 'delivery_failing', since: 0, at: 1 }] },
      20,
      [],
    ],
    [
      'the same, told a day ago',
      { success: 26, struggling: 25.9, warned: [{ kind: 'delivery_failing', since: 0, at: 1 }] },
      26,
      ['delivery_failing'],
    ],
  ])('%s', (_name, story, nowHours, expected) => {
    expect(verdict(story, nowHours)).toEqual(expected);
  });

  it('says since when it fails, when it will be disabled, and what fails', () => {
    const result = verdictOn(told({ success: 0.5, failures: [1.25], struggling: 1.25 }), at(1 + 36));
    expect(result).toEqual({
      kind: 'warn',
      warnings: [
        {
          kind: 'delivery_failing',
          sinceMs: at(0.5),
          details: { failingSinceMs: at(1), delivery: 'd', outcome: 'http_status', status: 500 },
        },
        { kind: 'disabling_50_percent', sinceMs: at(0.5), details: { failingSinceMs: at(1), disablesAtMs: at(73) } },
      ],
    });
  });
});

describe('failing since', () => {
  it.each<[string, Story, number | undefined]>([
    ['nothing known', {}, undefined],
    ['the hour of the first failure', { failures: [5.5, 6] }, 5],
    ['the success within that hour', { success: 5.25, failures: [5.5] }, 5.25],
    ['not what was before the success', { success: 6.5, failures: [5.5, 7.5] }, 7],
    ['nothing after the last success', { success: 8, failures: [5.5, 7.5] }, undefined],
    ['nothing after it was enabled', { failures: [-3] }, undefined],
  ])('%s', (_name, story, expected) => {
    const run = failingRun(told(story).health, ENABLED_MS);
    expect(run?.sinceMs).toBe(expected === undefined ? undefined : at(expected));
  });
});
