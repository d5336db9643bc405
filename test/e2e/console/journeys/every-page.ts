import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext } from 'playwright-core';
import { screenshotFolder } from '../../../support/chromium-path.js';
import { DESKTOP, newContext, PHONE, type Scheme, type Screen } from '../chromium.js';
import { ConsolePage } from '../console-page.js';
import { recorded } from '../console-world.js';
import { JOURNEY_MS, type Stage } from '../stage.js';

/** Every page by the address below `/console`, and what its heading is. */
async function pagesOf({
  facts: { world, good, failing },
}: Stage): Promise<readonly (readonly [name: string, address: string])[]> {
  const delivery = await recorded(world, good.prn, 'delivered');
  const { body: events } = await world.call<{ events: { prn: string }[] }>(
    'GET',
    '/events?subtype=claimed_release&limit=1',
  );
  const { body: replays } = await world.call<{ replays: { prn: string }[] }>('GET', '/replays?limit=1');
  return [
    ['overview', '/'],
    ['webhooks', '/webhooks'],
    ['new-webhook', '/webhooks/new'],
    ['webhook', `/webhooks/${failing.prn}`],
    ['edit-webhook', `/webhooks/${failing.prn}/edit`],
    ['deliveries', '/deliveries'],
    ['delivery', `/deliveries/${delivery}`],
    ['verify', `/verify?delivery=${delivery}`],
    ['events', '/events'],
    ['event', `/events/${events.events[0]?.prn ?? ''}`],
    ['event-types', '/event-types'],
    ['event-type', '/event-types/device.updated'],
    ['replays', '/replays'],
    ['new-replay', '/replays/new'],
    ['replay', `/replays/${replays.replays[0]?.prn ?? ''}`],
    ['api-keys', '/api-keys'],
    ['audit-log', '/audit-log'],
    ['settings', '/settings'],
    ['missing', '/there-is-no-such-page'],
  ];
}

/** What docs/console.md shows. */
const PICTURES = [
  'overview light wide',
  'webhooks dark wide',
  'new-webhook light wide',
  'delivery dark wide',
  'overview dark narrow',
  'webhook light narrow',
];

export function everyPage(stage: () => Stage): void {
  describe.each<[Scheme, string, Screen]>([
    ['light', 'wide', DESKTOP],
    ['dark', 'wide', DESKTOP],
    ['light', 'narrow', PHONE],
    ['dark', 'narrow', PHONE],
  ])('every page, %s and %s', (scheme, width, screen) => {
    let context: BrowserContext;
    let tab: ConsolePage;

    beforeAll(async () => {
      const { browser, facts } = stage();
      context = await newContext(browser, screen, scheme);
      tab = await ConsolePage.open(context, facts.world.app('api').url);
      await tab.goTo('/');
    }, JOURNEY_MS);
    afterAll(() => context.close());

    it(
      'has no barrier that a program can see, and fits the screen',
      async () => {
        const { facts } = stage();
        const found: string[] = [];
        const look = async (name: string): Promise<void> => {
          found.push(...(await tab.violations()).map((violation) => `${name}: ${violation}`));
          const tooWideBy = await tab.tooWideBy();
          if (tooWideBy > 0) found.push(`${name} is ${tooWideBy} px too wide`);
          await picture(tab, `${name} ${scheme} ${width}`);
        };
        await tab.page.getByLabel('API key').waitFor();
        await look('sign-in');
        await tab.signIn(facts.world.apiKey);
        await tab.heading('Overview');
        for (const [name, address] of await pagesOf(stage())) {
          await tab.goTo(address);
          await tab.heading(/./);
          await tab.settled();
          await look(name);
        }
        expect(found).toEqual([]);
        expect(tab.faults).toEqual([]);
      },
      2 * JOURNEY_MS,
    );
  });
}

async function picture(tab: ConsolePage, name: string): Promise<void> {
  const folder = screenshotFolder();
  if (folder === undefined || !PICTURES.includes(name)) return;
  mkdirSync(folder, { recursive: true });
  await tab.page.screenshot({ path: path.join(folder, `${name.replaceAll(' ', '-')}.png`) });
}
