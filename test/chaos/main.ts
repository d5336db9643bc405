/*
 * The long form of chaos: `npm run chaos [-- --events 1000000 --deliveries 3 --routers 2]`. Every app, Kafka and PostgreSQL are killed in
 * turn, and delivery is restarted cleanly, again and again, while events flow.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { TOPICS } from '@fleethook/messages';
import { count, longFormArguments } from '../support/long-form-arguments.js';
import { bringUpServices } from '../support/own-services.js';
import { recordsIn } from '../support/topic-records.js';
import { World } from '../support/world.js';
import { CountingReceiver } from './counting-receiver.js';
import { EventRange } from './event-range.js';
import { postRange } from './range-poster.js';
import { blows, type Blow } from './victims.js';

/** So many are delivered between two blows, so that each meets a pipeline at work. */
const BETWEEN_BLOWS = 5_000;
/** The producer waits while so much is on its way, so that what a blow does shows before the next one. */
const MOST_ON_THE_WAY = 5_000;
const STANDSTILL_MS = 120_000;
const POLL_MS = 50;

const { events, deliveries, routers } = longFormArguments(
  'Usage: npm run chaos -- [--events 100000] [--deliveries 3] [--routers 2]',
  {
    events: { type: 'string', default: '100000' },
    deliveries: { type: 'string', default: '3' },
    routers: { type: 'string', default: '2' },
  },
  (values) => ({
    events: count('events', values.events),
    deliveries: count('deliveries', values.deliveries),
    routers: count('routers', values.routers),
  }),
);

const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`);

await using stack = new AsyncDisposableStack();
const own = stack.use(await bringUpServices(say, { areKilled: true }));
const world = stack.use(
  await World.create({ apps: ['ingest', 'router', 'delivery', 'recorder'], environment: { RETRY_HORIZON: '72h' } }),
);
for (let more = 1; more < deliveries; more += 1) await world.start('delivery');
for (let more = 1; more < routers; more += 1) await world.start('router');
const receiver = stack.use(await CountingReceiver.listen(events));
await world.createWebhook(receiver, '/chaos');
const range = new EventRange(await world.organization(), events);

const startedAt = Date.now();
let standsStill = false;
const posting = postRange(world, range, () => {
  if (standsStill) throw new Error(`nothing has moved for ${STANDSTILL_MS / 1_000} s`);
  return range.acceptedCount - receiver.distinct < MOST_ON_THE_WAY;
});
const struck = await strikeInTurn(blows(world, own));
await posting.catch((error: unknown) => {
  say(String(error));
  process.exitCode = 1;
});
await reaches(events);

let missing = 0;
for (let index = 0; index < events; index += 1) if (range.isAccepted(index) && !receiver.has(index)) missing += 1;
const dead = await recordsIn(TOPICS.dead.name, world.environment);
const lost = missing - dead;
const figures = {
  accepted: range.acceptedCount,
  delivered: receiver.distinct,
  duplicates: receiver.duplicates,
  lost,
  dead,
  'largest in flight': receiver.largestInFlight,
  kills: struck.kills,
  'in flight at the kills': struck.inFlightAtKills,
  'rolling restarts': struck.restarts,
  'duplicates of rolling restarts': struck.duplicatesOfRestarts,
  seconds: Math.round((Date.now() - startedAt) / 1_000),
};
say(
  Object.entries(figures)
    .map(([name, figure]) => `${name} ${figure}`)
    .join(', '),
);
if (lost > 0) {
  say(world.explain());
  process.exitCode = 1;
}

interface Struck {
  kills: number;
  inFlightAtKills: number;
  restarts: number;
  duplicatesOfRestarts: number;
}

async function strikeInTurn(inTurn: readonly Blow[]): Promise<Struck> {
  const struck = { kills: 0, inFlightAtKills: 0, restarts: 0, duplicatesOfRestarts: 0 };
  for (let turn = 0; ; turn += 1) {
    const next = receiver.distinct + BETWEEN_BLOWS;
    const blow = inTurn[turn % inTurn.length];
    if (blow === undefined || next > events) return struck;
    standsStill = !(await reaches(next));
    if (standsStill) return struck;
    const inFlight = receiver.inFlight + (blow.breaksPosts ? range.unansweredCount : 0);
    const { duplicates } = receiver;
    await blow.strike();
    await reaches(Math.min(events, receiver.distinct + BETWEEN_BLOWS));
    const twice = receiver.duplicates - duplicates;
    say(`${receiver.distinct} of ${events} delivered; ${blow.name}: ${inFlight} in flight, ${twice} sent twice`);
    if (blow.isKill) {
      struck.kills += 1;
      struck.inFlightAtKills += inFlight;
    } else {
      struck.restarts += 1;
      struck.duplicatesOfRestarts += twice;
    }
  }
}

/** However long it takes, as long as something arrives. @returns false when nothing does any more */
async function reaches(delivered: number): Promise<boolean> {
  for (let [seen, sinceMs] = [-1, 0]; receiver.distinct < delivered; await pause(POLL_MS)) {
    if (receiver.distinct !== seen) [seen, sinceMs] = [receiver.distinct, Date.now()];
    else if (Date.now() - sinceMs > STANDSTILL_MS) return false;
  }
  return true;
}
