import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import { erasureReport } from './erasure-report.js';

describe('erasureReport', () => {
  const device = newPrn(newOrganizationPrn(), 'device');
  const nothing = { events: 0, deliveries: 0, attempts: 0 };

  it.each([true, false])('counts what was erased, the organization being known: %s', (isKnown) => {
    expect(erasureReport(device, { events: 2, deliveries: 4, attempts: 7 }, isKnown)).toEqual({
      code: 0,
      text: `Erased from PostgreSQL: 2 events, 4 deliveries, 7 attempts of ${device}.`,
    });
  });

  it('says that there is nothing more, which is well', () => {
    expect(erasureReport(device, nothing, true)).toEqual({
      code: 0,
      text: `Nothing was found of ${device}. A device is found under the PRN of the organization that sent its events.`,
    });
  });

  it('does not let a PRN of nobody here look like success', () => {
    expect(erasureReport(device, nothing, false)).toEqual({
      code: 1,
      text: `Nothing was found of ${device}, and its organization is not one of this deployment. A device is found under the PRN of the organization that sent its events.`,
    });
  });
});
