import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RunningProcess } from '../support/running-process.js';
import { ScratchDatabase } from '../support/scratch-database.js';
import { services } from '../support/services.js';
import { differenceFrom, readTour, type TourStep } from '../support/tour.js';

/** Between the outputs of two steps; nothing prints it by itself. */
const MARK = '\u{1E}';
const ENOUGH_MS = 240_000;
/** What the page starts. Here it differs in ports and folders, and in whose Kafka and PostgreSQL it uses. */
const STARTS = [
  'node scripts/receiver.mjs',
  'EGRESS_ALLOW_CIDRS=127.0.0.0/8 EGRESS_CA_FILE=.fleethook/receiver/ca.pem npm start -- --no-demo',
];
const ANY_PORTS = { API_PORT: '0', INGEST_PORT: '0', ROUTER_PORT: '0', DELIVERY_PORT: '0', RECORDER_PORT: '0' };

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
  const { starts, steps } = readTour(readFileSync('docs/tour.md', 'utf8'));

  it(
    'is what happens, command by command',
    async () => {
      expect(starts).toEqual(STARTS);
      const folder = mkdtempSync(path.join(tmpdir(), 'fleethook-tour-'));
      await using database = await ScratchDatabase.create();
      const ca = path.join(folder, 'receiver', 'ca.pem');
      const listen = ['scripts/receiver.mjs', '--port', '0', '--ca', ca];
      await using receiver = new RunningProcess('the receiver', [process.execPath, ...listen]);
      const endpoint = await receiver.says(/Listening on (https:\S+);/, 60_000);
      await using fleethook = new RunningProcess(
        'Fleethook',
        [process.execPath, 'dist/apps/standalone/src/main.js', '--no-demo'],
        {
          ...ANY_PORTS,
          EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
          EGRESS_CA_FILE: ca,
          FLEETHOOK_DATA_DIR: folder,
          FLEETHOOK_INFRA: 'external',
          KAFKA_BROKERS: services().kafkaBrokers.join(','),
          KAFKA_TOPIC_PREFIX: `t${randomBytes(5).toString('hex')}.`,
          DATABASE_URL: database.url,
        },
      );
      await fleethook.says(/Fleethook is ready/, 120_000);

      const outputs = await walk(steps, { FLEETHOOK_DATA_DIR: folder, ENDPOINT: endpoint });
      expect(steps.flatMap((step, index) => faultOf(step, outputs[index] ?? ''))).toEqual([]);
      expect(receiver.output.match(/^\d{3} door\.opened.*$/gm)).toEqual([
        '503 door.opened, attempt 1',
        '200 door.opened, attempt 2',
      ]);
      rmSync(folder, { recursive: true, force: true });
    },
    ENOUGH_MS,
  );
});
