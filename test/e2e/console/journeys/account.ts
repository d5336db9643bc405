import { expect, it } from '@jest/globals';
import { DESKTOP, newContext } from '../chromium.js';
import { ConsolePage } from '../console-page.js';
import type { Stage } from '../stage.js';

export function accountJourneys(stage: () => Stage): void {
  let readOnlyKey = '';

  it('creates an API key that is shown once and works, and whose session may only look', async () => {
    const { console: tab, browser, facts } = stage();
    await tab.goTo('/api-keys');
    await tab.page.getByLabel('Name').fill('night shift');
    await tab.click('Create the key');
    readOnlyKey = await tab.page.getByRole('group', { name: 'API key' }).innerText();
    await tab.page.getByRole('row').filter({ hasText: 'night shift' }).waitFor();

    const context = await newContext(browser, DESKTOP, 'light');
    const other = await ConsolePage.open(context, facts.world.app('api').url);
    await other.goTo('/webhooks');
    await other.signIn(readOnlyKey);
    await other.text('Fleet dashboard');
    expect(await other.page.getByRole('link', { name: 'Create a webhook' }).count()).toBe(0);

    await tab.click('Revoke night shift');
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Revoke it' }).click();
    await tab.page.getByRole('button', { name: 'Revoke night shift' }).waitFor({ state: 'detached' });
    await other.click('Events', 'link');
    // The session ended with its key: wherever one is, the form is there.
    await other.page.getByLabel('API key').waitFor();
    await context.close();
  });

  it('shows who changed what, without a key in it', async () => {
    const { console: tab } = stage();
    await tab.goTo('/audit-log');
    await tab.page.getByLabel('Action').selectOption('api_key.revoked');
    await tab.page.getByRole('row').filter({ hasText: 'api_key.revoked' }).first().waitFor();
    await tab.page.getByLabel('Action').selectOption('webhook.secret_rolled');
    await tab.page.getByRole('row').filter({ hasText: 'webhook.secret_rolled' }).first().waitFor();
    expect(await tab.page.content()).not.toContain(readOnlyKey);
  });

  it('changes a setting of the organization, and the appearance', async () => {
    const { console: tab } = stage();
    await tab.goTo('/settings');
    await tab.page.getByRole('radio', { name: '7 days' }).check();
    await tab.click('Save');
    await tab.text('Stored.');
    await tab.page.getByRole('radiogroup', { name: 'Appearance' }).getByText('Dark').click();
    await tab.page.locator('html[data-mantine-color-scheme=dark]').waitFor();
    await tab.page.getByRole('radiogroup', { name: 'Appearance' }).getByText('As the system').click();
  });
}
