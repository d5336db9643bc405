import { expect, it } from '@jest/globals';
import { DESKTOP, newContext } from '../chromium.js';
import { ConsolePage } from '../console-page.js';
import { publish } from '../console-world.js';
import type { Stage } from '../stage.js';

export function overviewJourneys(stage: () => Stage): void {
  it('shows what goes in and out over four periods, and what waits', async () => {
    const { console: tab } = stage();
    await tab.goTo('/');
    for (const [label, words] of [
      ['1 h', 'the last hour'],
      ['7 d', 'the last 7 days'],
      ['30 d', 'the last 30 days'],
      ['24 h', 'the last 24 hours'],
    ] as const) {
      await tab.page.getByRole('radiogroup', { name: 'Period' }).getByText(label, { exact: true }).click();
      await tab.page.getByRole('img', { name: new RegExp(`Chart: [1-9].* events in ${words}`) }).waitFor();
    }
    await tab.page.locator('.recharts-bar-rectangle').first().waitFor();
    for (const tile of ['Events in', 'Delivered', 'Success ratio', 'Past due', 'Waiting', 'Open breakers'])
      await tab.text(tile);
    await tab.page
      .getByRole('region', { name: 'Waiting for a retry' })
      .getByText(/after 2m/)
      .waitFor();
  });

  it('is live: what happens shows without a reload', async () => {
    const { console: tab, facts } = stage();
    await tab.text(/^Live\./);
    await publish(facts.world, 3);
    await tab.text(/In the last minute: [1-9]\d* events in/);
  });

  it('asks every few seconds while there is no stream', async () => {
    const { browser, facts } = stage();
    const context = await newContext(browser, DESKTOP, 'light');
    const tab = await ConsolePage.open(context, facts.world.app('api').url);
    await tab.page.route('**/pipeline/stream', (route) => route.fulfill({ status: 429 }));
    await tab.goTo('/');
    await tab.signIn(facts.world.apiKey);
    await tab.text('Not live');
    const asked = (): number =>
      tab.sent.filter((request) => request.includes('GET') && request.includes('/pipeline ')).length;
    const before = asked();
    await tab.page.waitForRequest((request) => request.url().endsWith('/pipeline'), { timeout: 15_000 });
    expect(asked()).toBeGreaterThan(before);
    await context.close();
  });
}
