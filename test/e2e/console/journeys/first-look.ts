import { expect, it } from '@jest/globals';
import type { Response } from 'playwright-core';
import { DESKTOP, newContext } from '../chromium.js';
import { ConsolePage } from '../console-page.js';
import { INTAKE_URL } from '../console-world.js';
import type { EmptyStage } from '../stage.js';

const MAX_FIRST_PAINT_BYTES = 300 * 1_024;

/** Signing in, and what somebody sees who has nothing yet. */
export function firstLook(stage: () => EmptyStage): void {
  it('comes in at most 300 kB, without its charts', async () => {
    const { browser, world } = stage();
    const context = await newContext(browser, DESKTOP, 'light');
    const fresh = await ConsolePage.open(context, world.app('api').url);
    const responses: Response[] = [];
    fresh.page.on('response', (response) => responses.push(response));
    await fresh.goTo('/');
    await fresh.page.getByLabel('API key').waitFor();
    const sizes = await Promise.all(responses.map((response) => response.request().sizes()));
    const bytes = sizes.reduce((sum, size) => sum + size.responseBodySize + size.responseHeadersSize, 0);
    expect(bytes).toBeLessThan(MAX_FIRST_PAINT_BYTES);
    expect(responses.map((response) => response.url()).filter((url) => url.includes('chart'))).toEqual([]);
    const html = await (await context.request.get(`${world.app('api').url}/console/`)).text();
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=/);
    await context.close();
  });

  it('refuses a wrong key in words, lets a right one in, and stores nothing of it', async () => {
    const { console: tab, world } = stage();
    await tab.goTo('/webhooks');
    await tab.signIn('fhk_not_a_key');
    await tab.text('This is not the key of an organization here');
    await tab.signIn(world.apiKey);
    // Where they wanted to go.
    await tab.heading('Webhooks');
    const stored = await tab.page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, document.documentElement.outerHTML])',
    );
    expect(stored).not.toContain(world.apiKey);
    expect(stored).not.toContain('fleethook_session');
  });

  it('says what to do first where there is nothing', async () => {
    const { console: tab } = stage();
    await tab.text('There are no webhooks yet');
    await tab.goTo('/');
    await tab.heading('Overview');
    await tab.text('Get your first webhook going');
    await tab.page.getByText(`curl -s '${INTAKE_URL}/v1/events'`).waitFor();
    await tab.click('Create a webhook', 'link');
    await tab.heading('Create a webhook');
  });
}
