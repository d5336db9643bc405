import { InfrastructureError } from './infrastructure-error.js';
import type { ServiceName, Source } from './infrastructure.js';

export interface Choice {
  readonly service: ServiceName;
  readonly wanted: 'auto' | Source;
  /** Its address was given. */
  readonly given: boolean;
  /** Which kind holds the data of earlier starts. */
  readonly remembered: 'docker' | 'embedded' | undefined;
  readonly dockerAnswers: boolean;
  /** Why it does not, as a sentence begins. */
  readonly dockerFault: string;
}

const VARIABLE = { kafka: 'KAFKA_BROKERS', postgres: 'DATABASE_URL' } as const;
const TITLE = { kafka: 'Kafka', postgres: 'PostgreSQL' } as const;

/**
 * Both at once, before either is waited for.
 * @throws InfrastructureError ADDRESS_MISSING where only addresses will do, and some are not given
 */
export function requireAddresses(wanted: Choice['wanted'], given: Readonly<Record<ServiceName, boolean>>): void {
  if (wanted !== 'external') return;
  const missing = (['kafka', 'postgres'] as const).filter((service) => !given[service]).map((name) => VARIABLE[name]);
  if (missing.length === 0) return;
  const areNotSet = missing.length === 1 ? 'is not set: set it' : 'are not set: set them';
  throw new InfrastructureError(
    'ADDRESS_MISSING',
    `FLEETHOOK_INFRA is external, but ${missing.join(' and ')} ${areNotSet}, or leave FLEETHOOK_INFRA at auto.`,
  );
}

/**
 * An address that is given is always used. Else `auto` stays with what holds the data already; on a new data folder Docker comes
 * before embedded.
 * @throws InfrastructureError when what is wanted cannot be had, or would leave earlier data behind unsaid
 */
export function chooseSource(choice: Choice): Source {
  const { service, wanted, given, remembered, dockerAnswers, dockerFault } = choice;
  if (given) return 'external';
  if (wanted !== 'auto' && remembered !== undefined && remembered !== wanted) {
    throw new InfrastructureError(
      'START_FAILED',
      `The data folder's ${TITLE[service]} is ${remembered === 'docker' ? 'in Docker' : 'embedded'}, not ${wanted}: set FLEETHOOK_INFRA=${remembered}, or another FLEETHOOK_DATA_DIR to begin anew.`,
    );
  }
  const source = wanted === 'auto' ? (remembered ?? (dockerAnswers ? 'docker' : 'embedded')) : wanted;
  if (source === 'docker' && !dockerAnswers) {
    throw new InfrastructureError(
      'DOCKER_UNAVAILABLE',
      remembered === 'docker'
        ? `The data folder's ${TITLE[service]} is in Docker. ${dockerFault}, or set another FLEETHOOK_DATA_DIR to begin anew.`
        : `${dockerFault}, or set FLEETHOOK_INFRA=embedded.`,
    );
  }
  return source;
}
