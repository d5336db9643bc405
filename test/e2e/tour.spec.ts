import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { OwnStandalone } from '../support/own-standalone.js';
import { blocksRunBy } from '../support/pages/run-by.js';
import { RunningProcess } from '../support/running-process.js';
import { differenceFrom, readTour, type TourStep } from '../support/tour.js';

/** Between the outputs of two steps; nothing prints it by itself. */
const MARK = '\u{1E}';
const ENOUGH_MS = 240_000;
const FOLDER = 'export FLEETHOOK_DATA_DIR=.fleethook/tour';
/** What the page has in its terminals before the first step, which `OwnStandalone` does here. */
const STARTS = [
  'node scripts/receiver.mjs',
  `${FOLDER}\nEGRESS_ALLOW_CIDRS=127.0.0.0/8 EGRESS_CA_FILE=.fleethook/receiver/ca.pem npm start -- --no-demo`,
  FOLDER,
];

/** Runs the steps in one shell, so that variables carry over. @returns what each printed */
async function walk(steps: readonly TourStep[], environment: Readonly<Record<string, string>>): Promise<string[]> {
  const script = steps.map(({ commands }) => `${commands}\nprintf '${MARK}'\n`).join('');
  await using shell = new RunningProcess('the tour', ['bash', '-euo', 'pipefail', '-c', script], environment);
  const code = await shell.end(ENOUGH_MS / 2);
  const outputs = shell.output.split(MARK);
  if (code === 0) return outputs;
  const step = steps[outputs.length - 1]?.commands ?? '';
  throw new Error(`the tour ended with ${code} at\n${step}\nhaving printed\n${outputs.slice(-2).join('\n')}`);
}

/** The reply is the last thing that a step prints. */
function faultOf({ commands, reply }: TourStep, output: string): string[] {
  if (reply === undefined) return [];
  const difference = differenceFrom(reply, JSON.parse(output.trim().split('\n').at(-1) ?? ''));
  return difference === undefined ? [] : [`${commands}${difference}`];
}

const curlIsMissing = spawnSync('curl', ['--version']).status !== 0;
if (curlIsMissing) process.stdout.write('docs/tour.md is not walked: there is no curl on this machine\n');

const describeTour = curlIsMissing ? describe.skip : describe;

describeTour('docs/tour.md', () => {
  const { starts, steps } = readTour(blocksRunBy('test/e2e/tour.spec.ts'));

  it('is what happens, command by command', async () => {
    expect(starts).toEqual(STARTS);
    await using here = await OwnStandalone.start(['--no-demo']);
    const outputs = await walk(steps, { FLEETHOOK_DATA_DIR: here.folder, ENDPOINT: here.endpoint });
    expect(steps.flatMap((step, index) => faultOf(step, outputs[index] ?? ''))).toEqual([]);
    expect(here.receiver.output.match(/^\d{3} door\.opened.*$/gm)).toEqual([
      '503 door.opened, attempt 1',
      '200 door.opened, attempt 2',
    ]);
  });
});
