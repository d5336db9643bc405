export {
  API_KEY_SCOPES,
  AUDIT_ACTIONS,
  DELIVERY_OUTCOMES,
  DELIVERY_STATUSES,
  EVENT_TYPE_SOURCES,
  REPLAY_STATES,
  REQUESTED_REPLAY_SOURCES,
  RESUME_PLACES,
  TIMEOUT_STAGES,
  UNDELIVERED_STATUSES,
  type Operations,
  type Schemas,
} from './admin-api.js';
export {
  requestOf,
  type Ask,
  type AskedRequest,
  type BodyOf,
  type Operation,
  type QueryOf,
  type ReplyOf,
} from './requests.js';
