import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import { blocksRunBy } from '../support/pages/run-by.js';
import { LINE_NOT_RUN } from '../support/pages/page-block.js';
import { RunningProcess } from '../support/running-process.js';
import { World } from '../support/world.js';

/** Line by line, so that each is seen to end well. */
const commands = blocksRunBy('test/e2e/operations.spec.ts').flatMap(({ page, text }) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '' && !LINE_NOT_RUN.test(line))
    .map((command): [string, string] => [page, command.trim()]),
);

describe('a command of docs/operations', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.create({ apps: ['ingest', 'router', 'delivery', 'recorder'] });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(commands)('of %s works as it stands there: %s', async (_page, command) => {
    const device = newPrn(await world.organization(), 'device');
    const given = command.replace('prn:1:<organization>:device:<device>', device);
    await using shell = new RunningProcess('the command', ['bash', '-euo', 'pipefail', '-c', given], world.environment);
    const code = await shell.end(90_000);
    expect(`${code}\n${shell.output}`).toMatch(/^0\n/);
  });

  it('that erases a device of nobody here does not end well', async () => {
    const device = newPrn(newOrganizationPrn(), 'device');
    const words: [string, ...string[]] = ['npm', 'run', '-s', 'device:erase', '--', device];
    await using shell = new RunningProcess('the command', words, world.environment);
    const code = await shell.end(90_000);
    expect(`${code}\n${shell.output}`).toMatch(
      /^1\nNothing was found of prn:1:.*the organization that sent its events\.\n$/,
    );
  });

  it('is one of those that are meant to be', () => {
    expect(commands.map(([, command]) => command)).toEqual(
      expect.arrayContaining([
        'npm run config:republish',
        expect.stringContaining('npm run secrets:reseal'),
        'npm run device:erase -- prn:1:<organization>:device:<device>',
      ]),
    );
  });
});
