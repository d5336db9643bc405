import { describe, expect, it } from '@jest/globals';
import { findJava, javaVersion } from './java.js';

describe('javaVersion', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['openjdk version "21" 2023-09-19 LTS', 21],
    ['java version "1.8.0_392"', 8],
    ['openjdk version "25-ea" 2025-09-16', 25],
    ['The operation couldn’t be completed.', undefined],
  ])('%s', (printed, version) => {
    expect(javaVersion(printed)).toBe(version);
  });
});

describe('findJava', () => {
  it('says what to do when there is none', async () => {
    await expect(findJava('/nowhere')).rejects.toMatchObject({
      code: 'JAVA_MISSING',
      message: expect.stringMatching(
        /^Java was not found .*install Java 17 or later, start a Docker engine, or set KAFKA_BROKERS/,
      ),
    });
  });
});
