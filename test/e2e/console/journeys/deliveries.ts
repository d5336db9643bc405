import { expect, it } from '@jest/globals';
import { secretBytes, verifyPeridio, verifyStandardWebhooks } from '@fleethook/signing';
import { eventually } from '../../../support/eventually.js';
import { DEVICE, recorded, REFUSAL } from '../console-world.js';
import type { Stage } from '../stage.js';

export function deliveryJourneys(stage: () => Stage): void {
  it('filters deliveries, and keeps what is asked for in the address', async () => {
    const { console: tab, facts } = stage();
    await tab.goTo('/deliveries');
    await tab.page.getByLabel('Status').selectOption('pending');
    await tab.page.getByLabel('Outcome').selectOption('http_status');
    await tab.page.getByLabel('Webhook').selectOption({ label: 'ERP sync' });
    await tab.page.getByLabel('Event type').selectOption('device.claimed_release');
    await tab.text('Answered with an error (400)');
    const rows = tab.page.getByRole('table', { name: 'Deliveries' }).getByRole('row');
    await eventually(async () => expect(await rows.filter({ hasText: 'Fleet dashboard' }).count()).toBe(0), {
      withinMs: 30_000,
    });
    expect(tab.page.url()).toContain(`webhook=${encodeURIComponent(facts.failing.prn)}`);
    await tab.page.getByLabel('From').fill('2020-01-01T00:00:00');
    await tab.page.getByLabel('Until').fill('2020-01-02T00:00:00');
    await tab.text('No delivery is like this');
    await tab.click('Clear');
    await rows.filter({ hasText: 'Fleet dashboard' }).first().waitFor();
  });

  it('shows one delivery attempt by attempt: request, response, stages, what is next', async () => {
    const { console: tab, facts } = stage();
    await tab.goTo(`/deliveries/${await recorded(facts.world, facts.failing.prn, 'pending')}`);
    await tab.heading('device.claimed_release');
    const attempt = tab.page.getByRole('listitem').filter({ hasText: 'Attempt 1' });
    await attempt.getByText('Answered with an error').waitFor();
    await attempt.getByText(REFUSAL).waitFor();
    await attempt.getByText(/✓ TLS agreed/).waitFor();
    await attempt.getByText(/Next attempt: after/).waitFor();
    await attempt.getByRole('button', { name: 'Request' }).click();
    await attempt.getByText(/fleethook-attempt: 1/).waitFor();
  });

  it('gives the request as a command that the receiver believes, byte for byte as it was sent', async () => {
    const { console: tab, facts } = stage();
    await tab.click('Copy as curl');
    await tab.page.getByRole('dialog').getByLabel('Secret', { exact: true }).fill(facts.failing.secret);
    await tab.text('good for 5 minutes');
    const command = await tab.page.getByRole('dialog').getByRole('group', { name: 'Command' }).innerText();
    const header = (name: string): string => new RegExp(`-H '${name}: (.*)'`).exec(command)?.[1] ?? '';
    const body = /--data-binary '(.*)'$/s.exec(command)?.[1] ?? '';
    const sent = facts.receiver.requests.find((request) => request.headers['webhook-id'] === header('webhook-id'));
    expect(body).toBe(sent?.body.toString('utf8'));
    const keys = [secretBytes(facts.failing.secret)];
    const bytes = Buffer.from(body);
    const peridio = { publishedAt: header('peridio-published-at'), signature: header('peridio-signature') };
    expect(verifyPeridio(peridio, bytes, keys)).toEqual({ valid: true });
    const [id, timestamp] = [header('webhook-id'), header('webhook-timestamp')];
    const standard = { id, timestamp, signature: header('webhook-signature') };
    expect(verifyStandardWebhooks(standard, bytes, keys)).toEqual({ valid: true });
    await tab.page.keyboard.press('Escape');
  });

  it('sends it again', async () => {
    const { console: tab, facts } = stage();
    const before = facts.receiver.answered(facts.failing.path, 400).length;
    await tab.click('Send again');
    await tab.text('It is on its way');
    await eventually(() => expect(facts.receiver.answered(facts.failing.path, 400).length).toBeGreaterThan(before), {
      withinMs: 20_000,
    });
    await tab.text(/Sent again, attempt 1/);
  });

  it('verifies a signature step by step, says why one does not fit, and sends the secret nowhere', async () => {
    const { console: tab, facts } = stage();
    const [request] = facts.receiver.requests.filter(
      ({ path, headers }) => path === facts.good.path && headers['fleethook-event'] !== 'webhook.test_fire',
    );
    if (request === undefined) throw new Error('nothing arrived');
    await tab.click('Verify its signature', 'link');
    await tab.heading('Verify a signature');
    // What was sent is there already: the secret is all that is missing.
    await tab.page.getByLabel('Secret of the webhook', { exact: true }).fill(facts.failing.secret);
    await eventually(async () => expect(await tab.page.getByText('The signature fits').count()).toBe(2), {
      withinMs: 30_000,
    });
    await tab.page.getByLabel('Secret of the webhook', { exact: true }).fill(facts.good.secret);
    await tab.page.getByLabel('Headers').fill(
      Object.entries(request.headers)
        .map(([name, value]) => `${name}: ${String(value)}`)
        .join('\n'),
    );
    await tab.page.getByLabel('Raw body').fill(request.body.toString('utf8'));
    await eventually(async () => expect(await tab.page.getByText('The signature fits').count()).toBe(2), {
      withinMs: 30_000,
    });
    await tab.page.getByLabel('Raw body').fill(`${request.body.toString('utf8')}\n`);
    await tab.text(/ends with a line break/);
    expect(tab.sent.filter((text) => text.includes(facts.good.secret))).toEqual([]);
  });

  it('finds the events of a device, and from one its deliveries', async () => {
    const { console: tab } = stage();
    await tab.goTo('/events');
    await tab.page.getByLabel('Device').fill(DEVICE);
    const rows = tab.page
      .getByRole('table', { name: 'Events' })
      .getByRole('row')
      .filter({ hasText: 'claimed_release' });
    await eventually(
      async () => {
        expect(await rows.count()).toBeGreaterThan(0);
        expect(await rows.filter({ hasText: DEVICE }).count()).toBe(await rows.count());
      },
      { withinMs: 30_000 },
    );
    await rows.last().getByRole('link').first().click();
    await tab.page.getByRole('region', { name: 'Deliveries' }).getByText('Fleet dashboard').waitFor();
    await tab.click('Its schema', 'link');
    await tab.heading('device.claimed_release');
    await tab.text('Schema of the payload');
    await tab.text(/curl -s/);
  });
}
