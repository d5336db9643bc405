/** Everything that is audited, thing first. A new kind of change gets its name here. */
export const AUDIT_ACTIONS = [
  'webhook.created',
  'webhook.updated',
  'webhook.enabled',
  'webhook.disabled',
  'webhook.secret_rolled',
  'webhook.test_fired',
  'webhook.deleted',
  'api_key.created',
  'api_key.updated',
  'api_key.revoked',
  'organization.created',
  'organization.updated',
  'event_type.created',
  'event_type.updated',
  'event_type.deleted',
  'replay.created',
  'replay.paused',
  'replay.resumed',
  'replay.cancelled',
  'delivery.resent',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];
