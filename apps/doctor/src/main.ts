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
// Some client may still try to reach what is away.
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
