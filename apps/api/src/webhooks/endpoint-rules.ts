import type { EventName } from '@fleethook/events';

/** What a webhook may name: declared here, answered by the outbound guard and the event catalogue. */
export abstract class EndpointRules {
  /** Why nothing could ever be delivered to a URL: everything that is wrong with it. */
  abstract urlFaults(url: string): readonly string[];
  abstract isKnownEvent(name: EventName): boolean;
}
