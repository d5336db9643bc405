import { z } from 'zod';
import { API_KEY_SCOPES, DEAD_REASONS } from '@fleethook/messages';
import { OUTCOME_KINDS, TIMEOUT_STAGES } from '@fleethook/retry';
import { AUDIT_ACTIONS, DELIVERY_STATUSES, REPLAY_STATES, WARNING_KINDS } from '@fleethook/store';

/** Closed lists of values, by the names that the API's document, and with it every client, has for them. */
export const ApiKeyScope = named('ApiKeyScope', API_KEY_SCOPES);
export const AuditAction = named('AuditAction', AUDIT_ACTIONS);
export const DeadReason = named('DeadReason', DEAD_REASONS);
export const DeliveryOutcome = named('DeliveryOutcome', OUTCOME_KINDS);
export const DeliveryStatus = named('DeliveryStatus', DELIVERY_STATUSES);
export const EventTypeSource = named('EventTypeSource', ['shipped', 'registered']);
export const ReplayState = named('ReplayState', REPLAY_STATES);
export const RequestedReplaySource = named('RequestedReplaySource', ['log', 'failed']);
export const ResumePlace = named('ResumePlace', ['now', 'bookmark']);
export const TimeoutStage = named('TimeoutStage', TIMEOUT_STAGES);
export const UndeliveredStatus = named('UndeliveredStatus', ['failed', 'pending']);
export const WarningKind = named('WarningKind', WARNING_KINDS);

function named<const T extends readonly [string, ...string[]]>(id: string, values: T) {
  const words = values.length === 2 ? values.join(' or ') : `one of ${values.join(', ')}`;
  return z.enum(values, `must be ${words}`).meta({ id });
}
