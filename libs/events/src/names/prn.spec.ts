import { describe, expect, it } from '@jest/globals';
import { EventError } from '../event-error.js';
import { deliveryIdOf, isPrn, newOrganizationPrn, newPrn, organizationOf, parsePrn } from './prn.js';

const organization = newOrganizationPrn();

describe('PRN', () => {
  it('names its organization and type', () => {
    const webhook = newPrn(organization, 'webhook');
    expect(webhook).toMatch(/^prn:1:[0-9a-f-]{36}:webhook:[0-9a-f-]{36}$/);
    expect(organizationOf(webhook)).toBe(organization);
    expect(isPrn(webhook, 'webhook')).toBe(true);
    expect(isPrn(webhook, 'event')).toBe(false);
  });

  it("accepts a user's, which has no organization", () => {
    expect(isPrn('prn:1:user:0194c1a0-0000-7000-8000-000000000000', 'user')).toBe(true);
  });

  it.each([
    '',
    'prn:1:x',
    `${organization}:webhook`,
    `${organization}:webhook:1 `,
    organization.toUpperCase(),
    `x${organization}`,
  ])('refuses %j as a webhook', (text) => {
    expect(isPrn(text, 'webhook')).toBe(false);
  });

  it('says what was wanted when parsing fails', () => {
    expect(() => parsePrn('nonsense', 'device')).toThrow(EventError);
    expect(() => parsePrn('nonsense', 'device')).toThrow(
      'not a PRN of the wanted type: text "nonsense", type "device"',
    );
  });
});

describe('delivery id', () => {
  it('is the same for the same event and webhook, and another for any other pair', () => {
    const [event, other] = [newPrn(organization, 'event'), newPrn(organization, 'event')];
    const webhook = newPrn(organization, 'webhook');
    expect(deliveryIdOf(event, webhook)).toBe(deliveryIdOf(event, webhook));
    expect(deliveryIdOf(event, webhook)).not.toBe(deliveryIdOf(other, webhook));
    expect(deliveryIdOf(event, webhook)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/);
  });
});
