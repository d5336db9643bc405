export { checkUrl, MAX_URL_CHARACTERS, urlFaults } from './check-url.js';
export { DialPolicy } from './dial-policy.js';
export { EgressClient, type EgressContext } from './egress-client.js';
export { tryConnection, type ConnectionTrial } from './try-connection.js';
export { EGRESS_ERRORS, EgressError, type EgressErrorCode } from './egress-error.js';
export { egressOptionsOf, type EgressOptions, type EgressSettings, type HostResolver } from './egress-options.js';
export { OWN_HEADER_LIMITS, ownHeaderFaults } from './own-headers.js';
export type {
  EgressFailure,
  EgressRequest,
  EgressResponse,
  EgressResult,
  FailureClass,
  Stage,
} from './egress-result.js';
