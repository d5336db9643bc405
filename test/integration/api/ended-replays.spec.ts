import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newPrn } from '@fleethook/events';
import { UpkeepJob } from '../../../apps/api/src/upkeep/upkeep.job.js';
import { stepsOf } from '../recorder/statement-plans.js';
import { ReplayClient } from './replay-client.js';

let client: ReplayClient;
/** Nothing of the log is of this device. */
let filter: { device_prns: string[] };

beforeAll(async () => {
  client = await ReplayClient.create({ environment: { HISTORY_RETENTION: '7d' } });
  filter = { device_prns: [newPrn(client.organization, 'device')] };
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

/** A replay that ended so many days ago. */
async function ended(daysAgo: number): Promise<string> {
  const { prn } = await client.replay({ filter, dry_run: true });
  await client.reached(prn, 'completed');
  const sql = `UPDATE replays SET ended_at = now() - $2 * interval '1 day', inserted_at = now() - interval '30 days' WHERE prn = $1`;
  await client.world.database.query(sql, [prn, daysAgo]);
  return prn;
}

it('ended replays are kept as long as the history, and open ones for as long as they are open', async () => {
  const [old, young] = [await ended(7.1), await ended(6.9)];
  const { prn: open } = await client.replay({ filter });
  await client.call('POST', `/replays/${open}/pause`);
  await client.world.database.query(`UPDATE replays SET inserted_at = now() - interval '90 days' WHERE prn = $1`, [
    open,
  ]);
  await client.world.app.get(UpkeepJob).run();
  const statuses = [old, young, open].map(async (prn) => (await client.call('GET', `/replays/${prn}`)).status);
  expect(await Promise.all(statuses)).toEqual([404, 200, 200]);
});

it('a page by state, and what upkeep drops, are found by an index', async () => {
  const { organization, webhook, world } = client;
  await world.database.query(
    `INSERT INTO replays (prn, organization_prn, webhook_prn, source, window_from, window_to, filter, rate_per_second,
       dry_run, state, position, scanned, matched, sent, skipped, inserted_at, updated_at, ended_at)
     SELECT $1 || ':replay:' || gen_random_uuid(), $1, $2, 'log', now(), now(), '{}', 1, true, 'completed', '{}', 0, 0, 0, 0,
       now() - n * interval '1 second', now(), now() FROM generate_series(1, 5000) n`,
    [organization, webhook],
  );
  await world.database.query('ANALYZE replays');
  const indexesOf = async (condition: string): Promise<unknown[]> => {
    const sql = `SELECT * FROM replays WHERE ${condition}`;
    return (await stepsOf(world.store, { sql, parameters: [] })).map((step) => step['Index Name']);
  };
  const failed = `organization_prn = '${organization}' AND state = 'failed'`;
  expect(await indexesOf(`${failed} ORDER BY inserted_at DESC, prn DESC LIMIT 11`)).toContain('replays_by_state');
  expect(await indexesOf('ended_at < to_timestamp(0) ORDER BY ended_at LIMIT 1000')).toContain('replays_by_end');
});
