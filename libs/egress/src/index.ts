export { checkUrl, MAX_URL_CHARACTERS, urlFaults } from './address/check-url.js';
export { DialPolicy } from './address/dial-policy.js';
export { EgressClient, type EgressContext } from './egress-client.js';
export { tryConnection, type ConnectionTrial } from './connections/try-connection.js';
export { EGRESS_ERRORS, EgressError, type EgressErrorCode } from './egress-error.js';
export { egressOptionsOf, type EgressOptions, type EgressSettings, type HostResolver } from './egress-options.js';
export { OWN_HEADER_LIMITS, ownHeaderFaults } from './exchange/own-headers.js';
export type {
  EgressFailure,
  EgressRequest,
  EgressResponse,
  EgressResult,
  FailureClass,
  Stage,
} from './exchange/egress-result.js';
