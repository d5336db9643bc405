import { expect, it } from '@jest/globals';
import { eventually } from '../../../support/eventually.js';
import { DESKTOP, newContext } from '../chromium.js';
import { ConsolePage } from '../console-page.js';
import type { Stage } from '../stage.js';

const MAX_TABS = 60;

export function keyboardJourney(stage: () => Stage): void {
  it('can be used without a mouse, and shows where one is', async () => {
    const { browser, facts } = stage();
    const context = await newContext(browser, DESKTOP, 'light');
    const { page } = await open(context, facts.world.app('api').url);
    const focused = (): Promise<string> =>
      page.evaluate<string>(
        `(() => { const at = document.activeElement; return at?.getAttribute('aria-label') ?? at?.textContent?.trim() ?? ''; })()`,
      );
    const tabTo = async (name: string): Promise<void> => {
      for (let tabs = 0; tabs < MAX_TABS; tabs++) {
        if ((await focused()) === name) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`${name} was not reached; at last: ${await focused()}`);
    };
    // The field has the focus already.
    await page.getByLabel('API key').waitFor();
    await page.keyboard.type(facts.world.apiKey);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await tabTo('Skip to the content');
    await page.getByRole('link', { name: 'Skip to the content' }).waitFor();
    await tabTo('Webhooks');
    const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).not.toBe('none');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Webhooks' }).waitFor();
    await tabTo('ERP sync');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'ERP sync' }).waitFor();
    await tabTo('Disable');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // Back where it was opened from.
    await eventually(async () => expect(await focused()).toBe('Disable'), { withinMs: 20_000 });
    await context.close();
  });
}

async function open(context: Parameters<typeof ConsolePage.open>[0], apiUrl: string): Promise<ConsolePage> {
  const tab = await ConsolePage.open(context, apiUrl);
  await tab.goTo('/');
  return tab;
}
