import { describe, expect, it } from '@jest/globals';
import { catalogue } from './catalogue.js';
import { exampleIn } from './example-in.js';
import { newOrganizationPrn } from './names/prn.js';

describe('exampleIn', () => {
  const organization = newOrganizationPrn();

  it.each([...catalogue.values()].map((entry) => [entry.name, entry] as const))('makes %s the own', (_, entry) => {
    const text = JSON.stringify(exampleIn(organization, entry));
    const organizations = text.match(/prn:1:[0-9a-f-]{36}/g) ?? [];
    expect(organizations.length).toBeGreaterThan(0);
    expect(new Set(organizations)).toEqual(new Set([organization]));
    expect(text).toHaveLength(JSON.stringify(entry.example).length);
  });
});
