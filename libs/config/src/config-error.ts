/** What is wrong with one variable, in words that name it. */
export interface ConfigFault {
  readonly variable: string;
  readonly message: string;
}

/** Every fault of the environment at once: nobody should have to start five times to find five mistakes. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';

  constructor(readonly faults: readonly ConfigFault[]) {
    super(
      ['The settings cannot be used:', ...faults.map((fault) => `  ${fault.variable} ${fault.message}`)].join('\n'),
    );
    this.name = 'ConfigError';
  }
}
