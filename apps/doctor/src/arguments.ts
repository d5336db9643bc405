import { parseArgs } from 'node:util';
import { APP_NAMES, type AccessedBy } from './access-table.js';

export interface Arguments {
  readonly json: boolean;
  /** An endpoint that deliveries are to reach. */
  readonly url: string | undefined;
  /** `/health/ready` of running apps. */
  readonly ready: readonly string[];
  /** Whose credentials these are; undefined: all apps have the same. */
  readonly as: AccessedBy | undefined;
  readonly help: boolean;
}

export const USAGE = `Looks at a deployment with the settings of its apps, and says what to do about each fault. It changes nothing.

  fleethook doctor [--json] [--as APP] [--ready URL ...] [--url URL]

  --json       one JSON object instead of lines
  --as APP     the credentials are one app's: ${APP_NAMES.join(', ')}; else those of all
  --ready URL  where an app listens, such as http://10.0.0.7:4002; known beside \`npm start\`
  --url URL    an endpoint: is it to be reached from here (name, address, TLS)?

Exit code: 0 nothing fails, 1 something does, 2 these arguments cannot be used.
`;

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function readArguments(given: readonly string[]): Arguments {
  const { json, url, ready, as, help } = parse(given);
  const app = APP_NAMES.find((name) => name === as);
  if (as !== undefined && app === undefined) throw new UsageError(`--as must be one of ${APP_NAMES.join(', ')}`);
  for (const address of [...ready, ...(url === undefined ? [] : [url])])
    if (!URL.canParse(address)) throw new UsageError(`${JSON.stringify(address)} is no URL`);
  return { json, url, ready, as: app, help };
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        url: { type: 'string' },
        ready: { type: 'string', multiple: true, default: [] },
        as: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
