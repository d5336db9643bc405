import { expect, it } from '@jest/globals';
import { eventually } from '../../../support/eventually.js';
import { ok } from '../../../support/receiver.js';
import type { Stage } from '../stage.js';

export function replayJourneys(stage: () => Stage): void {
  it('sends a failed window again, after counting it', async () => {
    const { console: tab, facts } = stage();
    facts.receiver.answer(facts.failing.path, [ok()]);
    await tab.goTo(`/deliveries?webhook=${facts.failing.prn}`);
    await tab.click('Send a failed window again', 'link');
    await tab.heading('Start a replay');
    expect(await tab.page.getByRole('radio', { name: 'What did not arrive' }).isChecked()).toBe(true);
    await tab.page.getByRole('checkbox', { name: 'Also what still waits for a retry' }).check();
    await tab.click('Count first (dry run)');
    const start = tab.page.getByRole('button', { name: /Send [1-9]\d* deliveries/ });
    await start.waitFor();
    await start.click();
    await tab.heading('Replay');
    await tab.text('completed');
    await eventually(() => expect(facts.receiver.answered(facts.failing.path, 200).length).toBeGreaterThan(1), {
      withinMs: 20_000,
    });
  });

  it('pauses, resumes and cancels one', async () => {
    const { console: tab, facts } = stage();
    await tab.goTo(`/replays/new?webhook=${facts.good.prn}`);
    await tab.page.getByLabel('In a second at most').fill('0');
    await tab.click('Count first (dry run)');
    await tab.text('must be at least 1');
    await tab.page.getByLabel('In a second at most').fill('1');
    await tab.click('Count first (dry run)');
    await tab.page.getByRole('button', { name: /Send [1-9]\d* deliveries/ }).click();
    await tab.click('Pause');
    await tab.text('paused');
    await tab.click('Resume');
    await tab.page.getByRole('button', { name: 'Pause' }).waitFor();
    await tab.click('Cancel it');
    await tab.text('cancelled');
    await tab.goTo('/replays');
    await tab.page.getByRole('row').filter({ hasText: 'cancelled' }).first().waitFor();
  });
}
