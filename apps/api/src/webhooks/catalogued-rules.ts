import { checkUrl, type AddressGuard } from '@fleethook/egress';
import type { EventName } from '@fleethook/events';
import { EndpointRules } from './endpoint-rules.js';

/** Until the catalogue can be asked. */
const KNOWN_EVENTS: ReadonlySet<string> = new Set([
  'device.connected',
  'device.disconnected',
  'device.authentication_failed',
  'device.checked_for_release',
  'device.claimed_release',
  'device.release_changed',
  'device.updated',
  'api_key.created',
  'webhook.test_fire',
  'webhook.request_failed',
]);

export class CataloguedRules extends EndpointRules {
  /** @param guard the same that guards when connecting, so that what is refused there is refused here */
  constructor(private readonly guard: AddressGuard) {
    super();
  }

  override urlFault(url: string): string | undefined {
    return checkUrl(url, this.guard);
  }

  override isKnownEvent(name: EventName): boolean {
    return KNOWN_EVENTS.has(name);
  }
}
