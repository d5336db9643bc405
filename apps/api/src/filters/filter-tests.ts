import { Injectable } from '@nestjs/common';
import { eventNameOf, newPrn, organizationOf, timestampOf, type Envelope, type EventName } from '@fleethook/events';
import { EventFacts, explainFilter, readFilter, type EventFilter } from '@fleethook/matching';
import type { Principal } from '../auth/principal.js';
import { InvalidFields } from '../errors/problems.js';
import { OwnedWebhooks } from '../webhooks/owned-webhook.js';
import type { FilterTestReply, SampleEvent, TestedEvent, TestFilter } from './filter.schemas.js';
import { StoredEvents } from './stored-events.js';

interface Candidate {
  readonly name: EventName;
  readonly facts: EventFacts;
}

/** Says of an event whether a filter lets it through, and why: by the same means by which the router decides. */
@Injectable()
export class FilterTests {
  constructor(
    private readonly owned: OwnedWebhooks,
    private readonly stored: StoredEvents,
  ) {}

  async test(caller: Principal, { filter, tested }: TestFilter): Promise<FilterTestReply> {
    const { facts } = await this.#candidate(caller, tested);
    return { ...explained(filter, facts), subscribed: null };
  }

  /** @throws Refusal 404 */
  async testWebhook(caller: Principal, prn: string, tested: TestedEvent): Promise<FilterTestReply> {
    const webhook = await this.owned.get(caller, prn);
    const { name, facts } = await this.#candidate(caller, tested);
    const subscribed = webhook.state === 'enabled' && webhook.enabledEvents.includes(name);
    const read = webhook.filter === null ? undefined : readFilter(webhook.filter);
    // One that cannot be read lets everything through: so does the router.
    if (read?.kind !== 'filter') return { matches: true, decided_by: null, subscribed };
    return { ...explained(read.filter, facts), subscribed };
  }

  async #candidate(caller: Principal, tested: TestedEvent): Promise<Candidate> {
    if (tested.kind === 'given') {
      const envelope = envelopeOf(caller, tested.event);
      return { name: tested.event.name, facts: new EventFacts(envelope) };
    }
    const isOwn = organizationOf(tested.prn) === caller.organization;
    const body = isOwn ? await this.stored.find(tested.prn) : undefined;
    if (body === undefined)
      throw new InvalidFields({ event_prn: ['is not an event of this organization that is still kept'] });
    const facts = EventFacts.parse(body);
    return { name: eventNameOf(facts.envelope as Envelope), facts };
  }
}

function explained(filter: EventFilter, facts: EventFacts): Omit<FilterTestReply, 'subscribed'> {
  const { matches, decidedBy } = explainFilter(filter, facts);
  return { matches, decided_by: decidedBy };
}

/** What the sender left out is filled in as the intake does it, so that a filter may ask for it. */
function envelopeOf(caller: Principal, event: SampleEvent): object {
  const [type = '', subtype = ''] = event.name.split('.');
  return {
    version: event.version,
    prn: event.prn ?? newPrn(caller.organization, 'event'),
    type,
    inserted_at: event.inserted_at ?? timestampOf(Date.now()),
    data: { type: subtype, data: event.data },
  };
}
