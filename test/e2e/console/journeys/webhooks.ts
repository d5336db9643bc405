import { expect, it } from '@jest/globals';
import { eventually } from '../../../support/eventually.js';
import { ok, status } from '../../../support/receiver.js';
import { publish, REFUSAL } from '../console-world.js';
import type { Stage } from '../stage.js';

const HOOK = '/hooks/made-in-the-console';

export function webhookJourneys(stage: () => Stage): void {
  it('lists webhooks with their health at a glance', async () => {
    const { console: tab } = stage();
    await tab.goTo('/webhooks');
    await tab.heading('Webhooks');
    const row = (name: string) => tab.page.getByRole('row').filter({ hasText: name });
    await row('Fleet dashboard').getByText('enabled').waitFor();
    await row('ERP sync').getByText('failing').waitFor();
    await row('Old archive').getByText('disabled by hand').waitFor();
    await row('Fleet dashboard')
      .getByRole('img', { name: /[1-9]\d* delivered, 0 failed/ })
      .waitFor();
    await row('ERP sync')
      .getByRole('link', { name: /^[1-9]/ })
      .waitFor();
  });

  it('creates one: the URL is checked as it is typed, the filter against what has come, the secret is shown once', async () => {
    const { console: tab, facts } = stage();
    const url = new URL(HOOK, facts.receiver.url).href;
    await tab.click('Create a webhook', 'link');
    await tab.page.getByLabel('URL').fill('http://example.com');
    await tab.text('It must start with https://');
    await tab.page.getByLabel('URL').fill(url);
    await tab.text('Looks right');
    await tab.page.getByLabel('Description').fill('Made here');
    await tab.click('Example of device.claimed_release');
    await tab.text('Payload of device.claimed_release');
    await tab.page.getByRole('checkbox', { name: 'device.claimed_release' }).check();
    await tab.click('Add a condition');
    await tab.page.getByLabel('Condition 1: place in the event').fill('/data/data/release/version');
    await tab.page.getByLabel('Condition 1: comparison').selectOption('prefix');
    await tab.page.getByLabel('Condition 1: value').fill('2.');
    await tab.text(/^[1-9] of \d recent events would pass/);
    await tab.text('held back');

    facts.receiver.answer(HOOK, [status(500, { 'x-tenant': 'unknown' }, REFUSAL), ok()]);
    await tab.click('Try the endpoint and create');
    await tab.text('must answer a test fire with 200; it answered 500');
    const exchange = tab.page.getByRole('region', { name: 'What came of the test event' });
    await exchange.getByText(REFUSAL).waitFor();
    await exchange.getByText('x-tenant: unknown').waitFor();
    await exchange.getByRole('button', { name: 'Request' }).click();
    await exchange.getByText(/fleethook-event: webhook.test_fire/).waitFor();
    await tab.click('Try the endpoint and create');
    await tab.heading('The webhook is there');
    const secret = await tab.page.getByRole('group', { name: "For Peridio's signature" }).innerText();
    const standard = await tab.page.getByRole('group', { name: 'For a Standard Webhooks library' }).innerText();
    expect(standard).toBe(`whsec_${Buffer.from(secret, 'hex').toString('base64')}`);
    facts.receiver.expectSignatures(HOOK, [secret]);
    await tab.click('Go to the webhook', 'link');
    await tab.heading('Made here');
    expect(await tab.page.content()).not.toContain(secret);

    await facts.world.configurationArrived();
    await publish(facts.world, 3);
    await eventually(() => expect(facts.receiver.prns(HOOK).length).toBeGreaterThan(2), { withinMs: 20_000 });
    expect(facts.receiver.badSignatures).toEqual([]);
  });

  it('fires a test, and shows the whole exchange when it fails', async () => {
    const { console: tab, facts } = stage();
    await tab.click('Send a test event');
    await tab.text(/Answered 200 in/);
    facts.receiver.answer(HOOK, [status(503, {}, REFUSAL), ok()]);
    await tab.click('Send a test event');
    await tab.text('The endpoint did not take it');
    const attempt = tab.page.getByRole('listitem').filter({ hasText: 'Attempt 1' });
    await attempt.getByText(REFUSAL).waitFor();
    await attempt.getByRole('button', { name: 'Request' }).click();
    await attempt.getByText(/fleethook-event: webhook.test_fire/).waitFor();
  });

  it('rolls the secret with an overlap that counts down', async () => {
    const { console: tab, facts } = stage();
    await tab.click('Roll it');
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Roll it' }).click();
    await tab.text('The secret, this once');
    const secret = await tab.page.getByRole('group', { name: "For Peridio's signature" }).innerText();
    await tab.page
      .getByRole('timer')
      .getByText(/23 h 59 min|1 d/)
      .waitFor();
    await tab.page.reload();
    await tab.page.getByRole('timer').waitFor();
    expect(await tab.page.content()).not.toContain(secret);
    facts.receiver.expectSignatures(HOOK, [secret]);
    await tab.click('Send a test event');
    await tab.text(/Answered 200 in/);
    expect(facts.receiver.badSignatures).toEqual([]);
  });

  it('edits one without losing what is sealed', async () => {
    const { console: tab } = stage();
    await tab.click('Edit', 'link');
    await tab.heading('Edit the webhook');
    await tab.page.getByLabel('Description').fill('Edited here');
    await tab.click('Limits, headers and credentials');
    await tab.page.getByLabel('Attempts at once').fill('0');
    await tab.click('Save');
    await tab.text('must be at least 1');
    await tab.page.getByLabel('Attempts at once').fill('7');
    await tab.click('Save');
    await tab.heading('Edited here');
    await tab.text(/^7$/);
  });

  it('disables one, and enables it from where it stopped', async () => {
    const { console: tab, facts } = stage();
    await tab.click('Disable');
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await tab.text('disabled by hand');
    const before = facts.receiver.prns(HOOK).length;
    await facts.world.configurationArrived();
    await publish(facts.world, 3);
    await tab.click('Enable');
    await tab.page.getByRole('dialog').getByRole('radio', { name: 'From where it stopped' }).check();
    facts.receiver.answer(HOOK, [status(503, {}, REFUSAL), ok()]);
    await tab.click('Try the endpoint and enable');
    await tab.page.getByRole('dialog').getByText(REFUSAL).waitFor();
    await tab.click('Try the endpoint and enable');
    await tab.click('Watch it', 'link');
    await tab.heading('Replay');
    await tab.text('completed');
    await eventually(() => expect(facts.receiver.prns(HOOK).length).toBeGreaterThan(before + 1), {
      withinMs: 20_000,
    });
  });

  it('deletes one after saying what is lost', async () => {
    const { console: tab } = stage();
    await tab.goTo('/webhooks');
    await tab.click('Edited here', 'link');
    await tab.click('Delete');
    const dialog = tab.page.getByRole('dialog');
    await dialog.getByText('What will be lost:').waitFor();
    expect(await dialog.getByRole('button', { name: 'Delete it for good' }).isDisabled()).toBe(true);
    await dialog.getByLabel(/Type/).fill('delete');
    await dialog.getByRole('button', { name: 'Delete it for good' }).click();
    await tab.heading('Webhooks');
    await tab.page.getByText('Edited here').waitFor({ state: 'detached' });
  });
}
