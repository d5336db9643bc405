import { catalogue, timestampOf, uuidV5In, type JsonObject, type Prn } from '@fleethook/events';
import { devicePrnOf } from '../events/outgoing.js';
import type { SimulatedDevice, Step } from './device.js';
import type { SeededRandom } from './random.js';

const COHORTS = ['production', 'staging', 'field-test'] as const;
const REFUSALS = ['device_is_archived', 'revoked_certificate', 'unknown_device'] as const;
const ENDS = ['heartbeat_missed', 'client_closed', 'network'] as const;
const FIELDS = ['tags', 'description', 'quarantined'] as const;
const TAGS = ['north', 'south', 'pump', 'valve'] as const;

const namedUuid = uuidV5In('9b1cf3a2-1c52-5f0a-8d1d-5f4f0a2b7e55');

export interface PayloadOptions {
  readonly organization: Prn<'organization'>;
  /** Before the number of a device. */
  readonly prefix: string;
  /** When the simulation begins, epoch milliseconds. */
  readonly startMs: number;
}

/** What an event of a device says: the catalogue's example of its type, with everything of this device in it. */
export function payloadOf(
  step: Step,
  device: SimulatedDevice,
  random: SeededRandom,
  { organization, prefix, startMs }: PayloadOptions,
): JsonObject {
  const identifier = `${prefix}-${String(device.index + 1).padStart(4, '0')}`;
  const named = (type: string, name: string): string =>
    `${organization}:${type}:${namedUuid(`${organization} ${type} ${name}`)}`;
  const release = (version: string): JsonObject => ({ prn: named('release', version), version });
  const cohort = COHORTS[device.index % COHORTS.length] ?? COHORTS[0];
  const subject: JsonObject = {
    prn: devicePrnOf(organization, identifier),
    identifier,
    cohort: { cohort_prn: named('cohort', cohort), cohort_name: cohort },
  };
  const payload: JsonObject = { ...structuredClone(catalogue.get(step)?.example ?? {}), device: subject };
  const from = addressOf(device.index);
  const certificate = (): JsonObject => ({ ...(payload['certificate'] as JsonObject), common_name: identifier });
  switch (step) {
    case 'device.connected':
      return { ...payload, ip_address: from, certificate: certificate() };
    case 'device.authentication_failed':
      return { ...payload, ip_address: from, certificate: certificate(), reason: random.pick(REFUSALS) };
    case 'device.checked_for_release':
      return { ...payload, release: release(device.version) };
    case 'device.claimed_release':
      return { ...payload, release: release(device.nextVersion) };
    case 'device.release_changed':
      return {
        ...payload,
        from_release: release(device.version),
        to_release: { ...release(device.nextVersion), known: true },
      };
    case 'device.updated':
      return {
        ...payload,
        device: {
          ...subject,
          description: `Simulated ${identifier}`,
          quarantined: random.next() < 0.05,
          tags: [random.pick(TAGS)],
          release: release(device.version),
        },
        updated_fields: [random.pick(FIELDS)],
      };
    case 'device.disconnected':
      return {
        ...payload,
        ip_address: from,
        connected_at: timestampOf(startMs + device.connectedAtMs),
        reason: random.pick(ENDS),
      };
  }
}

/** RFC 2544 §C.2.2: 198.18.0.0/15 is for tests. */
function addressOf(index: number): string {
  return `198.${18 + (Math.floor(index / 65_536) % 2)}.${Math.floor(index / 256) % 256}.${index % 256}`;
}
