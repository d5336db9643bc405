import { z } from 'zod';
import { timestamp } from '../listing/reply-fields.js';

const count = z.int().min(0);
const UNKNOWN = 'null while Kafka is away';

export const PipelineReply = z.object({
  data: z
    .object({
      generated_at: timestamp,
      past_due_seconds: count.nullable().meta({ description: `The largest of all tiers; ${UNKNOWN}` }),
      tiers: z
        .array(
          z.object({
            tier: z.string().meta({ description: 'The delay, such as `5s`' }),
            waiting: count.meta({ description: 'Deliveries in it, due or not' }),
            past_due_seconds: count.meta({ description: 'Of the one that is due longest, 0 when none is for certain' }),
          }),
        )
        .nullable()
        .meta({ description: `The shortest delay first; ${UNKNOWN}` }),
      lag: z
        .array(
          z.object({
            group: z.string(),
            topic: z.string(),
            partitions: count,
            records: count.meta({ description: 'That the group is not done with, those that it works on included' }),
          }),
        )
        .nullable()
        .meta({ description: `By the group and the topic that it reads; ${UNKNOWN}` }),
      open_breakers: count.nullable().meta({
        description:
          'Enabled webhooks of the caller’s organization whose endpoint is left alone for now, or is being probed; null while the history lags behind, or it is not known how far',
      }),
      history_lag_seconds: count.nullable().meta({
        description: `How old the oldest attempt is that is not in the history yet; ${UNKNOWN}`,
      }),
    })
    .meta({ id: 'Pipeline', description: 'Of all organizations together, unless it says otherwise' }),
});
export type PipelineView = z.infer<typeof PipelineReply>['data'];
