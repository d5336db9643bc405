import { newPrn, type Prn } from '@fleethook/events';
import { eventually } from '../../support/eventually.js';
import { status, type Receiver } from '../../support/receiver.js';
import { World, type CreatedWebhook } from '../../support/world.js';

/** A fleet whose webhooks are in every state that an operator meets. */
export interface ConsoleWorld {
  readonly world: World;
  readonly receiver: Receiver;
  /** Takes everything. */
  readonly good: CreatedWebhook;
  /** Answers 400 to everything, which opens no breaker. */
  readonly failing: CreatedWebhook;
  /** Disabled by hand. */
  readonly disabled: CreatedWebhook;
}

export const DEVICE = 'pump-0017';
export const REFUSAL = '{"error":"there is no tenant by this name"}';
/** As an operator would name it; nobody asks there. */
export const INTAKE_URL = 'https://events.example.com';
const RELEASES = ['1.4.2', '1.5.0', '2.0.1'];

/** The apps, running, with nothing in them. */
export const emptyWorld = (): Promise<World> =>
  World.create({
    apps: ['ingest', 'router', 'delivery', 'recorder'],
    // The first retry soon enough to be seen; the rest late enough that what fails goes on waiting.
    environment: { RETRY_SCHEDULE: '1s,2m,10m,30m,1h', RETRY_HORIZON: '72h', INGEST_PUBLIC_URL: INTAKE_URL },
  });

export async function seeded({ world, receiver }: { world: World; receiver: Receiver }): Promise<ConsoleWorld> {
  const names = ['device.connected', 'device.claimed_release', 'device.disconnected'];
  const good = await world.createWebhook(receiver, '/hooks/dashboard', names, { description: 'Fleet dashboard' });
  const failing = await world.createWebhook(receiver, '/hooks/erp', ['device.claimed_release'], {
    description: 'ERP sync',
    filter: { where: { pointer: '/data/data/release/version', prefix: '1.' } },
  });
  const disabled = await world.createWebhook(receiver, '/hooks/archive', names, { description: 'Old archive' });
  await world.call('PATCH', `/webhooks/${disabled.prn}`, { state: 'disabled' });
  receiver.answer(failing.path, [status(400, {}, REFUSAL)]);
  const down = await world.createWebhook(receiver, '/hooks/pager', ['device.claimed_release'], {
    description: 'Pager bridge',
  });
  receiver.answer(down.path, [status(503, {}, 'Service Unavailable')]);
  await publish(world, 12);
  await recorded(world, failing.prn, 'pending');
  await recorded(world, good.prn, 'delivered');
  return { world, receiver, good, failing, disabled };
}

/** Events of devices that have names that a person would search for. @returns their PRNs */
export async function publish(world: World, count: number): Promise<Prn<'event'>[]> {
  const organization = await world.organization();
  const prns = Array.from({ length: count }, () => newPrn(organization, 'event'));
  const events = prns.map((prn, index) => ({
    type: 'device',
    prn,
    data: {
      type: 'claimed_release',
      data: {
        device: {
          prn: newPrn(organization, 'device'),
          identifier: `pump-${String(17 + index).padStart(4, '0')}`,
          cohort: null,
        },
        release: { prn: newPrn(organization, 'release'), version: RELEASES[index % RELEASES.length] },
      },
    },
  }));
  const reply = await fetch(`${world.app('ingest').url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Token ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  if (reply.status !== 202) throw new Error(`the intake answered ${reply.status}: ${await reply.text()}`);
  return prns;
}

/** The history has at least one delivery of a webhook in a state. @returns its id */
export async function recorded(world: World, webhook: string, state: string): Promise<string> {
  return eventually(
    async () => {
      const { body } = await world.call<{ deliveries: { id: string }[] }>(
        'GET',
        `/webhooks/${webhook}/deliveries?status=${state}&limit=1`,
      );
      const [delivery] = body.deliveries;
      if (delivery === undefined) throw new Error(`no delivery of ${webhook} is ${state} yet`);
      return delivery.id;
    },
    { withinMs: 30_000, explain: () => world.explain() },
  );
}
