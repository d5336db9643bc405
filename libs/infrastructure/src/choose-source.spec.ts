import { describe, expect, it } from '@jest/globals';
import { chooseSource, type Choice } from './choose-source.js';

const NEW: Choice = {
  service: 'kafka',
  wanted: 'auto',
  given: false,
  remembered: undefined,
  dockerAnswers: true,
  dockerFault: 'No Docker engine answers: start one',
};

describe('chooseSource', () => {
  it.each<[string, Partial<Choice>, string]>([
    ['the address given', { given: true }, 'external'],
    ['the address given, even where another kind is wanted', { given: true, wanted: 'embedded' }, 'external'],
    ['Docker before embedded', {}, 'docker'],
    ['embedded without Docker', { dockerAnswers: false }, 'embedded'],
    ['embedded when wanted', { wanted: 'embedded' }, 'embedded'],
    ['the kind that holds the data', { remembered: 'embedded' }, 'embedded'],
  ])('takes %s', (_, choice, source) => {
    expect(chooseSource({ ...NEW, ...choice })).toBe(source);
  });

  it.each<[string, Partial<Choice>, RegExp]>([
    ['an address that is missing', { wanted: 'external' }, /KAFKA_BROKERS is not set: set it/],
    ['an address that is missing, by its name', { service: 'postgres', wanted: 'external' }, /DATABASE_URL is not set/],
    [
      'Docker that does not answer',
      { wanted: 'docker', dockerAnswers: false },
      /start one, or set FLEETHOOK_INFRA=embedded/,
    ],
    [
      'data in Docker that does not answer',
      { remembered: 'docker', dockerAnswers: false },
      /is in Docker\. No Docker engine answers: start one, or set another/,
    ],
    [
      'data that would be left behind',
      { wanted: 'docker', remembered: 'embedded' },
      /is embedded, not docker: set FLEETHOOK_INFRA=embedded/,
    ],
  ])('says what to do about %s', (_, choice, sentence) => {
    expect(() => chooseSource({ ...NEW, ...choice })).toThrow(sentence);
  });
});
