import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { Receiver } from '../../support/receiver.js';
import { signatureFaults } from '../../support/signature-check.js';
import { DeliveryWorld } from '../delivery/delivery-world.js';
import { ApiWorld, type Reply } from './api-world.js';

const secretOf = (reply: Reply): string => (reply.json as { webhook: { secret: string } }).webhook.secret;

describe('a roll', () => {
  it('reaches a running delivery process: both secrets sign while they overlap, in both families, then the new one', async () => {
    await using world = await ApiWorld.create();
    await using delivery = await DeliveryWorld.on(world.kafka, world.secretsKey);
    await using receiver = await Receiver.listen();
    const running = await delivery.start(receiver);
    const created = await world.call('POST', '/webhooks', { body: { url: receiver.url } });
    const { prn } = (created.json as { webhook: { prn: string } }).webhook;
    const signatures = async (): Promise<{ count: [number, number]; faultsOf: (secret: string) => string[] }> => {
      const fired = await world.call('POST', `/webhooks/${prn}/test_fire`);
      const event = (fired.json as { event: { prn: string } }).event.prn;
      const delivered = () => receiver.requests.find(({ body }) => body.includes(event));
      await eventually(() => expect(delivered()).toBeDefined(), { withinMs: 15_000 });
      const { headers = {}, body = Buffer.of() } = delivered() ?? {};
      const parts = (name: string, separator: string): number => String(headers[name]).split(separator).length;
      return {
        count: [parts('peridio-signature', ','), parts('webhook-signature', ' ')],
        faultsOf: (secret) => signatureFaults(headers, body, [secret]),
      };
    };
    const first = secretOf(created);
    expect((await signatures()).faultsOf(first)).toEqual([]);

    const second = secretOf(await world.call('POST', `/webhooks/${prn}/roll_secret`, { body: { webhook_ttl: 600 } }));
    await eventually(
      async () => {
        const { count, faultsOf } = await signatures();
        expect(count).toEqual([2, 2]);
        expect([faultsOf(first), faultsOf(second)]).toEqual([[], []]);
      },
      { withinMs: 15_000 },
    );

    const third = secretOf(await world.call('POST', `/webhooks/${prn}/roll_secret`));
    await eventually(
      async () => {
        const { count, faultsOf } = await signatures();
        expect(count).toEqual([1, 1]);
        expect(faultsOf(third)).toEqual([]);
        expect(faultsOf(second)).not.toEqual([]);
      },
      { withinMs: 15_000 },
    );
    // The same process all the while.
    expect(await running.metric('fleethook_config_records{kind="webhook"}')).toBe(1);
  });
});
