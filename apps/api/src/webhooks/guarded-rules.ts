import { urlFaults, type AddressGuard } from '@fleethook/egress';
import { EndpointRules } from './endpoint-rules.js';

/** What the outbound guard lets through. */
export class GuardedRules extends EndpointRules {
  /** @param guard the same that guards when connecting, so that what is refused there is refused here */
  constructor(private readonly guard: AddressGuard) {
    super();
  }

  override urlFaults(url: string): readonly string[] {
    return urlFaults(url, this.guard);
  }
}
