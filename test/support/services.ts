/** Where a test finds Kafka and PostgreSQL: set by Jest's global set-up, or given by whoever runs the tests. */
export interface TestServices {
  readonly kafkaBrokers: string[];
  /** A database of a superuser, who may create further ones. */
  readonly databaseUrl: string;
}

export function services(): TestServices {
  return {
    kafkaBrokers: required('FLEETHOOK_TEST_KAFKA').split(','),
    databaseUrl: required('FLEETHOOK_TEST_DATABASE'),
  };
}

function required(variable: string): string {
  const value = process.env[variable];
  if (value === undefined || value === '')
    throw new Error(`${variable} is not set: run this through Jest's integration, e2e or chaos project`);
  return value;
}
