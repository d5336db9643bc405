import type { Prn } from '@fleethook/events';
import type { ErasedDevice } from '@fleethook/store';

export interface ErasureReport {
  readonly code: 0 | 1;
  readonly text: string;
}

/**
 * What is said of an erasure. Nothing found is no fault in itself: a device is erased again when its last attempts are through. But an
 * organization that is not here has no device here either, so the PRN is not the one that was meant.
 */
export function erasureReport(
  device: Prn<'device'>,
  erased: ErasedDevice,
  isOrganizationKnown: boolean,
): ErasureReport {
  const { events, deliveries, attempts } = erased;
  if (events > 0)
    return {
      code: 0,
      text: `Erased from PostgreSQL: ${events} events, ${deliveries} deliveries, ${attempts} attempts of ${device}.`,
    };
  const whose = isOrganizationKnown ? '' : ', and its organization is not one of this deployment';
  return {
    code: isOrganizationKnown ? 0 : 1,
    text: `Nothing was found of ${device}${whose}. A device is found under the PRN of the organization that sent its events.`,
  };
}
