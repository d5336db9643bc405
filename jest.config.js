// One door for every tier: `--selectProjects unit | integration | e2e | chaos | cluster`. The last is no part of `npm test`.
const project = (displayName, testMatch, rest = {}) => ({
  displayName,
  testMatch,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  // Types are checked once by `tsc`; here each file is only compiled.
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false, tsconfig: { isolatedModules: true } }] },
  moduleNameMapper: {
    '^@fleethook/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.fleethook/'],
  ...rest,
});

const SERVICES = {
  globalSetup: '<rootDir>/test/support/jest/services-up.js',
  globalTeardown: '<rootDir>/test/support/jest/services-down.js',
};

// Whoever develops lives somewhere, and servers in UTC: nothing may hang on it. Here the hours of both differ by a half.
process.env.TZ = 'America/St_Johns';

export default {
  // Nothing is measured by it: a machine may be busy.
  testTimeout: 600_000,
  reporters: ['default', '<rootDir>/test/support/jest/open-handles-reporter.js'],
  projects: [
    project('unit', ['<rootDir>/{apps,libs}/*/src/**/*.spec.ts', '<rootDir>/test/{bench,soak,support}/**/*.spec.ts']),
    project('integration', ['<rootDir>/test/integration/**/*.spec.ts'], {
      ...SERVICES,
      setupFiles: ['<rootDir>/test/support/jest/nest-first.js'],
    }),
    project('e2e', ['<rootDir>/test/e2e/**/*.spec.ts'], SERVICES),
    project('chaos', ['<rootDir>/test/chaos/**/*.spec.ts'], SERVICES),
    project('cluster', ['<rootDir>/test/cluster/**/*.spec.ts']),
  ],
};
