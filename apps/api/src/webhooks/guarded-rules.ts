import { urlFaults, type DialPolicy } from '@fleethook/egress';
import { EndpointRules } from './endpoint-rules.js';

/** What the outbound side lets through. */
export class GuardedRules extends EndpointRules {
  /** @param policy the same that holds when connecting, so that what is refused there is refused here */
  constructor(private readonly policy: DialPolicy) {
    super();
  }

  override urlFaults(url: string): readonly string[] {
    return urlFaults(url, this.policy);
  }
}
