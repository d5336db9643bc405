import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import { organizationOf } from '@fleethook/events';
import { audit } from '../audit/audit.js';
import { Database } from '../database.js';
import { organizationUuid, ownUuid } from './columns.js';

export interface ErasedDevice {
  readonly events: number;
  readonly deliveries: number;
  readonly attempts: number;
}

/** Events of one transaction: well within a statement's time limit. */
const PAGE = 500;

/**
 * Events of which the device is the device, the actor or the resource; their deliveries, whatever became of them; the attempts of those,
 * with what receivers answered. Deliveries are found by their event, and attempts by the delivery and when its event was accepted.
 */
const ERASE_PAGE = `
WITH doomed AS MATERIALIZED (
  SELECT organization, accepted_at, event, inserted_at, tags FROM events
  WHERE organization = $1::uuid AND (device = $2::uuid OR actor = $3 OR resource = $3)
  LIMIT ${PAGE}
), gone_deliveries AS (
  DELETE FROM deliveries USING doomed
  WHERE deliveries.event = doomed.event AND deliveries.organization = doomed.organization
  RETURNING deliveries.delivery_id, deliveries.accepted_at
), gone_attempts AS (
  DELETE FROM attempts USING (SELECT DISTINCT delivery_id, accepted_at FROM gone_deliveries) AS delivery
  WHERE attempts.accepted_at = delivery.accepted_at AND attempts.delivery_id = delivery.delivery_id
  RETURNING 1
), gone_tags AS (
  DELETE FROM event_tags USING doomed, unnest(doomed.tags) AS own (tag)
  WHERE event_tags.organization = doomed.organization AND event_tags.tag = own.tag
    AND event_tags.inserted_at = doomed.inserted_at AND event_tags.event = doomed.event
  RETURNING 1
), gone_events AS (
  DELETE FROM events USING doomed
  WHERE events.organization = doomed.organization AND events.accepted_at = doomed.accepted_at AND events.event = doomed.event
  RETURNING 1
)
SELECT (SELECT count(*) FROM gone_events)::int AS events, (SELECT count(*) FROM gone_deliveries)::int AS deliveries,
  (SELECT count(*) FROM gone_attempts)::int AS attempts, (SELECT count(*) FROM gone_tags)::int AS tags`;

/** Forgets a device: everything in PostgreSQL that came from it. Counts stay: they name no device. */
@Injectable()
export class Erasure {
  constructor(private readonly database: Database) {}

  /**
   * Page by page, beside everything else that goes on; one that was interrupted is simply run again. What the recorder writes later (an
   * event that is still in Kafka, the next attempt of a delivery) is there again: see docs/operations/erase.md.
   * @throws StoreError
   */
  async device(device: Prn<'device'>): Promise<ErasedDevice> {
    const ids = [organizationUuid(device), ownUuid(device)];
    const erased = { events: 0, deliveries: 0, attempts: 0 };
    for (;;) {
      const [page] = await this.database.run((manager) => manager.query<ErasedDevice[]>(ERASE_PAGE, [...ids, device]));
      if (page === undefined || page.events === 0) break;
      erased.events += page.events;
      erased.deliveries += page.deliveries;
      erased.attempts += page.attempts;
    }
    await this.database.transaction(async (manager) => {
      await manager.query('DELETE FROM busy_devices WHERE organization = $1::uuid AND device = $2::uuid', ids);
      await audit(manager, {
        author: { actor: 'operator', requestId: null },
        organization: organizationOf(device),
        action: 'device.erased',
        resource: device,
        after: erased,
      });
    });
    return erased;
  }
}
