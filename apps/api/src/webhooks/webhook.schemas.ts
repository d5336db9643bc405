import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { normaliseEventName, type EventName } from '@fleethook/events';
import { EventFilterField } from '@fleethook/matching';
import type { WebhookFilter } from '@fleethook/store';
import { repeatedPrn } from '../http/path-prn.js';
import { parseWebhookSearch } from '../listing/search-query.js';
import { pageParameters } from '../listing/page.schemas.js';
import { ResumePlace } from '../openapi/named-values.js';
import { EVENT_NAME_PATTERN, TEXT_PATTERN } from '../openapi/patterns.js';
import { EndpointRules } from './endpoint-rules.js';
import { REQUEST_SETTINGS } from './request-settings.schemas.js';

const MAX_URL_LENGTH = 1_028;
const MAX_DESCRIPTION_LENGTH = 1_024;
const MAX_ENABLED_EVENTS = 100;
/** For the API's document. */
const URL_WORDS = {
  format: 'uri',
  pattern: '^[Hh][Tt][Tt][Pp][Ss]://',
  maxLength: MAX_URL_LENGTH,
  description: 'Where events go',
  examples: ['https://example.com/webhooks'],
};
const MAX_SECRET_OVERLAP_SECONDS = 7 * 86_400;

/** PostgreSQL's texts know no NUL, and half a surrogate pair is no character. */
const text = z
  .string('must be a text')
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'must be valid Unicode without NUL')
  .meta({ pattern: TEXT_PATTERN });

/** The bodies and queries of the webhook routes: each is read, checked and explained here and nowhere else. */
@Injectable()
export class WebhookSchemas {
  readonly create;
  readonly update;

  constructor(rules: EndpointRules) {
    const url = text
      .max(MAX_URL_LENGTH, { error: `must be at most ${MAX_URL_LENGTH} characters`, abort: true })
      .transform((value, context) => {
        for (const message of rules.urlFaults(value)) context.addIssue({ code: 'custom', message });
        return value;
      });
    const description = text.max(MAX_DESCRIPTION_LENGTH, `must be at most ${MAX_DESCRIPTION_LENGTH} characters`);
    const enabledEvents = z
      .array(
        // Whether there is such an event depends on whose webhook it is: see known-events.ts.
        z
          .string('must be names of events')
          .meta({ pattern: EVENT_NAME_PATTERN })
          .transform((value, context): EventName => {
            const name = normaliseEventName(value);
            if (name !== undefined) return name;
            context.addIssue({ code: 'custom', message: `${JSON.stringify(value.slice(0, 128))} is not an event` });
            return z.NEVER;
          }),
        'must be a list of names of events',
      )
      .max(MAX_ENABLED_EVENTS, `must be at most ${MAX_ENABLED_EVENTS} names`)
      .meta({
        description:
          'Names of events; none means no events. `webhook.request_failed` may be named, and is never sent: it is a record only',
        examples: [['device.connected']],
      });
    const body = 'must be a JSON object';

    this.create = z.strictObject(
      {
        url: z
          .string({ error: (issue) => (issue.input === undefined ? 'is required' : 'must be a text') })
          .pipe(url)
          .meta(URL_WORDS),
        description: description.nullish(),
        enabled_events: enabledEvents.nullish(),
        filter: EventFilterField.nullish(),
        ...REQUEST_SETTINGS,
        organization_prn: repeatedPrn('organization'),
      },
      body,
    );
    this.update = z.strictObject(
      {
        prn: repeatedPrn('webhook'),
        url: url.optional().meta(URL_WORDS),
        description: description.nullish(),
        enabled_events: enabledEvents.optional(),
        filter: EventFilterField.nullish(),
        ...REQUEST_SETTINGS,
        state: z.enum(['enabled', 'disabled'], 'must be enabled or disabled').optional(),
        /** Of a webhook that is enabled by this request: from where on events reach it. */
        resume_from: ResumePlace.optional(),
      },
      body,
    );
  }
}

/** For the API's document, to which it does not matter where requests may go. */
export const DOCUMENTED_SCHEMAS = new WebhookSchemas({ urlFaults: () => [] });

export type CreateWebhook = z.infer<WebhookSchemas['create']>;
export type UpdateWebhook = z.infer<WebhookSchemas['update']>;

/** Without any body: the old secret ends at once. */
export const RollSecret = z
  .strictObject(
    {
      prn: repeatedPrn('webhook'),
      webhook_ttl: z
        .int('must be a whole number of seconds')
        .min(0, 'must be at least 0')
        .max(MAX_SECRET_OVERLAP_SECONDS, `must be at most ${MAX_SECRET_OVERLAP_SECONDS}`)
        .nullish(),
    },
    'must be a JSON object',
  )
  .optional();
export type RollSecret = NonNullable<z.infer<typeof RollSecret>>;

export const ListWebhooks = z.object({
  ...pageParameters,
  search: z
    .string('must be given once')
    .default('')
    .transform((value, context): WebhookFilter[] => {
      const result = parseWebhookSearch(value);
      if (result.kind === 'parsed') return result.clauses;
      for (const message of result.messages) context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .meta({
      description: 'Up to 5 clauses joined by ` and `: key, operator, value',
      examples: ["description~'test' and inserted_at>='2026-01-01T00:00:00Z'"],
    }),
});
export type ListWebhooks = z.infer<typeof ListWebhooks>;
