import { describe, expect, it } from '@jest/globals';
import { chooseSource, requireAddresses, type Choice } from './choose-source.js';

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

describe('requireAddresses', () => {
  const both = { kafka: true, postgres: true };

  it.each([
    [{ kafka: false, postgres: true }, 'KAFKA_BROKERS is not set: set it, or leave'],
    [{ kafka: true, postgres: false }, 'DATABASE_URL is not set: set it, or leave'],
    [{ kafka: false, postgres: false }, 'KAFKA_BROKERS and DATABASE_URL are not set: set them, or leave'],
  ])('names all that is missing of %j', (given, sentence) => {
    expect(() => requireAddresses('external', given)).toThrow(sentence);
  });

  it('asks for none where they are given, or something else will do', () => {
    expect(() => requireAddresses('external', both)).not.toThrow();
    expect(() => requireAddresses('auto', { kafka: false, postgres: false })).not.toThrow();
  });
});
