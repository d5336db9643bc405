import type { EventName } from '@fleethook/events';

/** What a webhook may name: declared here, answered by the outbound guard and the event catalogue. */
export abstract class EndpointRules {
  /** Why nothing could ever be delivered to a URL; undefined when something could. */
  abstract urlFault(url: string): string | undefined;
  abstract isKnownEvent(name: EventName): boolean;
}
