import type { EventName } from '@fleethook/events';
import { compileFilter, deferredFilter, EventFacts, MatchingError, type EventPredicate } from '@fleethook/matching';
import type { ReplayFilter } from '@fleethook/store';

/** Told what is wrong with a stored filter that cannot be read: it narrows nothing then, as in the router. */
export type OnUnreadable = Parameters<typeof deferredFilter>[1];

/** Says which events a replay sends: by name what it enables, and of those what passes every filter. */
export class ReplayMatcher {
  readonly #events: ReadonlySet<EventName> | undefined;
  readonly #filters: readonly EventPredicate[];

  /** @param filter what is left out of it lets everything through */
  constructor({ enabledEvents, devicePrns, webhookFilter, match }: ReplayFilter, onUnreadable: OnUnreadable) {
    this.#events = enabledEvents === undefined ? undefined : new Set(enabledEvents);
    this.#filters = [
      ...(devicePrns === undefined ? [] : [compileFilter({ devices: devicePrns })]),
      ...[webhookFilter, match].flatMap((stored) =>
        stored === undefined ? [] : [deferredFilter(stored, onUnreadable)],
      ),
    ];
  }

  /** Without its body, which may be yet to be found. */
  wantsName(name: EventName): boolean {
    return this.#events?.has(name) ?? true;
  }

  /** Parsed once, however many filters ask, and not at all when none does. */
  wantsBody(body: Buffer): boolean {
    if (this.#filters.length === 0) return true;
    const facts = factsOf(body);
    return facts !== undefined && this.#filters.every((wants) => wants(facts));
  }
}

/** Undefined for what is no JSON: the router, when a filter asks, parks it, and so nobody gets it. */
function factsOf(body: Buffer): EventFacts | undefined {
  try {
    return EventFacts.parse(body);
  } catch (error) {
    if (error instanceof MatchingError) return undefined;
    throw error;
  }
}
