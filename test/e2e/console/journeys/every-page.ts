import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { screenshotFolder } from '../../../support/chromium-path.js';
import { DESKTOP, newContext, PHONE, type Scheme, type Screen } from '../chromium.js';
import { ConsolePage } from '../console-page.js';
import type { Stage } from '../stage.js';

/** Every page by the address below `/console`, and what its heading is. */
async function pagesOf({
  facts: { world, failing },
}: Stage): Promise<readonly (readonly [name: string, address: string])[]> {
  // The one that has seen most.
  const path = `/webhooks/${failing.prn}/deliveries?limit=50`;
  const { body: deliveries } = await world.call<{ deliveries: { id: string; attempt_count: number }[] }>('GET', path);
  const byAttempts = deliveries.deliveries.toSorted((left, right) => right.attempt_count - left.attempt_count);
  const delivery = byAttempts[0]?.id ?? '';
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
    ['new-event-type', '/event-types/new'],
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
  'overview dark narrow',
  'webhooks light wide',
  'new-webhook light wide',
  'delivery light wide',
  'webhook dark narrow',
];

/** Of a large screen, as much as can be read in a text. */
const PRINTED: Screen = { width: 1_360, height: 850 };

/** How a page is looked at: light on a large screen and dark on a phone see every rule of both. */
const LOOKS: readonly (readonly [Scheme, string, Screen])[] = [
  ['light', 'wide', DESKTOP],
  ['dark', 'narrow', PHONE],
];

export function everyPage(stage: () => Stage): void {
  it('has no barrier on any page that a program can see, in light and dark, and fits large and small screens', async () => {
    const { browser, facts } = stage();
    const context = await newContext(browser, DESKTOP, 'light');
    const tab = await ConsolePage.open(context, facts.world.app('api').url);
    const found: string[] = [];
    const look = async (name: string): Promise<void> => {
      for (const [colorScheme, width, screen] of LOOKS) {
        await tab.page.mouse.move(0, 0);
        await tab.page.setViewportSize(screen);
        await tab.page.emulateMedia({ colorScheme });
        await tab.page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
        await tab.stillness();
        found.push(...(await tab.violations()).map((violation) => `${name}, ${colorScheme}: ${violation}`));
        const tooWideBy = await tab.tooWideBy();
        if (tooWideBy > 0) found.push(`${name} is ${tooWideBy} px too wide for ${screen.width}`);
        await picture(tab, `${name} ${colorScheme} ${width}`);
      }
    };
    await tab.goTo('/');
    await tab.page.getByLabel('API key').waitFor();
    await look('sign-in');
    await tab.signIn(facts.world.apiKey);
    await tab.heading('Overview');
    for (const [name, address] of await pagesOf(stage())) {
      await tab.moveTo(address);
      await look(name);
    }
    expect(found).toEqual([]);
    expect(tab.faults).toEqual([]);
    await context.close();
  });
}

async function picture(tab: ConsolePage, name: string): Promise<void> {
  const folder = screenshotFolder();
  if (folder === undefined || !PICTURES.includes(name)) return;
  if (name.endsWith('wide')) await tab.page.setViewportSize(PRINTED);
  await tab.page.mouse.move(0, 0);
  await tab.stillness();
  mkdirSync(folder, { recursive: true });
  await tab.page.screenshot({ path: path.join(folder, `${name.replaceAll(' ', '-')}.png`) });
}
