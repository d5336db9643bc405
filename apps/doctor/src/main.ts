// `npm run doctor`, `fleethook doctor`: looks at a deployment, changes nothing.
import { ConfigError } from '@fleethook/config';
import { readArguments, USAGE, UsageError, type Arguments } from './arguments.js';
import { findDeployment } from './deployment.js';
import { examine } from './examine.js';
import { fail, type Finding } from './finding.js';
import { hasFailed, lineOf, reportOf, summaryOf } from './report.js';

const given = argumentsOrExit();
const found = await everything(given);
if (given.json) process.stdout.write(`${JSON.stringify(reportOf(found), null, 2)}\n`);
else process.stdout.write(`${[...found.map(lineOf), '', summaryOf(found)].join('\n')}\n`);
// A client may still be trying to reach what is away, and would keep the process.
process.exit(hasFailed(found) ? 1 : 0);

async function everything(options: Arguments): Promise<readonly Finding[]> {
  try {
    return await examine(findDeployment(), options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ variable, message }) =>
      fail('settings', `${variable} ${message}`, 'docs/configuration.md lists every setting'),
    );
  }
}

/** Ends here where there is nothing to look at: nothing is open yet. 2 is a command that cannot be understood. */
function argumentsOrExit(): Arguments {
  try {
    const options = readArguments(process.argv.slice(2));
    if (!options.help) return options;
    process.stdout.write(USAGE);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}
