import { describe, expect, it } from '@jest/globals';
import { mavenReason } from './maven-reason.js';

describe('why Maven failed', () => {
  it('is its first error, if it got as far as to tell one', () => {
    const lines = [
      '[INFO] Scanning for projects...',
      '[ERROR] Could not transfer artifact x from central: connection refused',
      '[ERROR] Re-run Maven using the -X switch',
    ];
    expect(mavenReason(lines)).toBe('Could not transfer artifact x from central: connection refused');
  });

  it('is what its launcher says when it could not start', () => {
    const lines = ['', 'The JAVA_HOME environment variable is not defined correctly,', 'this is needed to run Maven.'];
    expect(mavenReason(lines)).toBe('The JAVA_HOME environment variable is not defined correctly');
  });

  it('is the last cause of a stack', () => {
    const lines = [
      'Exception in thread "main" java.lang.ExceptionInInitializerError',
      '\tat java.base/java.io.FilePermission.<init>(FilePermission.java:494)',
      'Caused by: java.lang.RuntimeException: wrapped',
      'Caused by: java.nio.file.InvalidPathException: unmappable characters: /home/j?rgen',
      '\t... 23 more',
    ];
    expect(mavenReason(lines)).toBe('java.nio.file.InvalidPathException: unmappable characters: /home/j?rgen');
  });

  it('is not known of one that printed nothing but progress', () => {
    expect(mavenReason(['[INFO] Scanning for projects...', ''])).toBe('it gave no reason');
  });
});
