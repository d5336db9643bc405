import { expect, it } from '@jest/globals';
import { eventually } from '../../../support/eventually.js';
import type { Stage } from '../stage.js';

const NAME = 'door.opened';
const SCHEMA = { type: 'object', properties: { door: { type: 'integer', minimum: 1 } }, required: ['door'] };

export function eventTypeJourneys(stage: () => Stage): void {
  it('registers a type of events: JSON is checked as it is typed, the rest at its field', async () => {
    const { console: tab } = stage();
    await tab.goTo('/event-types');
    await tab.click('Register an event type', 'link');
    await tab.heading('Register an event type');
    const register = tab.page.getByRole('button', { name: 'Register it' });
    await tab.page.getByLabel('Name').fill('device.connected');
    await tab.page.getByLabel('Description').fill('A door was opened');
    await tab.page.getByLabel('JSON Schema').fill('{ "type": ');
    await tab.text('It is no JSON:');
    expect(await register.isDisabled()).toBe(true);
    await tab.page.getByLabel('JSON Schema').fill(JSON.stringify(SCHEMA));
    await tab.page.getByLabel('Example').fill('[7]');
    await tab.text('It must be a JSON object');
    await tab.page.getByLabel('Example').fill('{ "door": 0 }');
    await register.click();
    await tab.text('device.connected is shipped and cannot be registered');
    await tab.page.getByLabel('Name').fill(NAME);
    await register.click();
    await tab.text(/\/door must be/);
    await tab.page.getByLabel('Example').fill('{ "door": 7 }');
    await register.click();
    await tab.heading(NAME);
    await tab.text('A door was opened');
  });

  it('has the intake take what fits it', async () => {
    const { facts } = stage();
    await facts.world.configurationArrived();
    const statusOf = async (door: number): Promise<number> => {
      const reply = await fetch(`${facts.world.app('ingest').url}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Token ${facts.world.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'door', data: { type: 'opened', data: { door } } }),
      });
      await reply.body?.cancel();
      return reply.status;
    };
    // Until the type has arrived, nothing fits it.
    await eventually(async () => expect(await statusOf(7)).toBe(202), { withinMs: 30_000 });
    expect(await statusOf(0)).toBe(422);
  });

  it('changes what was changed of one, not what another changed meanwhile, and removes it', async () => {
    const { console: tab, facts } = stage();
    await tab.click('Edit', 'link');
    await tab.heading('Edit the event type');
    expect(await tab.page.getByLabel('Name').isDisabled()).toBe(true);
    const path = `/event-types/${NAME}`;
    await facts.world.call('PATCH', path, { example: { door: 8 } });
    await tab.page.getByLabel('Description').fill('A door was opened by somebody');
    await tab.click('Save');
    await tab.heading(NAME);
    await tab.text('A door was opened by somebody');
    const { body } = await facts.world.call('GET', path);
    expect(body).toMatchObject({
      event_type: { description: 'A door was opened by somebody', example: { door: 8 } },
    });
    await tab.click('Remove');
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click();
    await tab.heading('Event types');
    await tab.page.getByRole('link', { name: 'device.connected' }).waitFor();
    expect(await tab.page.getByRole('link', { name: NAME }).count()).toBe(0);
  });
}
