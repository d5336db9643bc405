import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { ok, Receiver } from '../support/receiver.js';
import { RunningProcess } from '../support/running-process.js';
import { ScratchDatabase } from '../support/scratch-database.js';
import { World } from '../support/world.js';
import { plainKafka } from '../support/plain-kafka.js';

const APPS = ['ingest', 'router', 'delivery', 'recorder', 'api'] as const;

interface Examined {
  readonly code: number | null;
  readonly findings: readonly { check: string; status: string; found: string; remedy?: string }[];
}

const notOk = ({ findings }: Examined): Examined['findings'] => findings.filter(({ status }) => status !== 'ok');

describe('the doctor', () => {
  let world: World;
  let receiver: Receiver;

  beforeAll(async () => {
    receiver = await Receiver.listen([ok()]);
    world = await World.create({ apps: APPS });
    await world.createWebhook(receiver, '/examined');
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await receiver.close();
  });

  async function run(
    given: readonly string[],
    changes: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number | null; output: string }> {
    await using doctor = new RunningProcess(
      'the doctor',
      [process.execPath, 'dist/apps/doctor/src/main.js', ...given],
      { ...world.environment, ...changes },
    );
    return { code: await doctor.end(60_000), output: doctor.output };
  }

  async function examine(
    changes: Readonly<Record<string, string>> = {},
    given: readonly string[] = [],
  ): Promise<Examined> {
    const { code, output } = await run(['--json', ...given], changes);
    const report = JSON.parse(output) as { ok: boolean; findings: Examined['findings'] };
    expect(report.ok).toBe(code === 0);
    return { code, findings: report.findings };
  }

  it('finds nothing wrong with what works, in one line each', async () => {
    const ready = APPS.flatMap((app) => ['--ready', world.app(app).url]);
    const { code, output } = await run([...ready, '--url', receiver.url]);
    const lines = output.trimEnd().split('\n');
    expect(lines.slice(0, -2).filter((line) => !line.startsWith('ok '))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^2\d ok, 0 warnings, 0 failed$/);
    expect(code).toBe(0);
  });

  const NOWHERE = '127.0.0.1:1';
  it.each<[string, Record<string, string>, string[], string, RegExp]>([
    ['Kafka that is away', { KAFKA_BROKERS: NOWHERE }, [], 'kafka', /ECONNREFUSED.*KAFKA_BROKERS/],
    ['TLS to a plain listener', { KAFKA_SSL: 'true' }, [], 'kafka', /KAFKA_SSL is true/],
    [
      'a prefix under which there is nothing',
      { KAFKA_TOPIC_PREFIX: 'nothing.' },
      [],
      'kafka.topics',
      /missing: .*nothing\.fleet\.events/,
    ],
    ['more replicas than brokers', { KAFKA_REPLICATION_FACTOR: '3' }, [], 'kafka.replication', /with 1 brokers/],
    ['PostgreSQL that is away', { DATABASE_URL: `postgres://a:b@${NOWHERE}/c` }, [], 'postgresql', /DATABASE_URL/],
    [
      'another SECRETS_KEY',
      { SECRETS_KEY: randomBytes(32).toString('base64') },
      [],
      'secrets',
      /1 of 1 webhooks.*key of that time/,
    ],
    ['no SECRETS_KEY', { SECRETS_KEY: '' }, [], 'secrets', /not set/],
    ['a setting that cannot be read', { KAFKA_SESSION_TIMEOUT: 'soon' }, [], 'settings', /KAFKA_SESSION_TIMEOUT/],
    ['an app that does not answer', {}, ['--ready', `http://${NOWHERE}/`], 'apps.ready', /start it/],
    [
      'an endpoint that must not be called',
      {},
      ['--url', 'https://10.1.2.3/'],
      'egress',
      /not a public address.*EGRESS_ALLOW_CIDRS/,
    ],
    [
      'an endpoint whose authority nobody knows',
      { EGRESS_CA_FILE: '' },
      ['--url', 'own'],
      'egress',
      /tls at tls.*EGRESS_CA_FILE/,
    ],
  ])('finds %s', async (_what, changes, given, check, words) => {
    const examined = await examine(
      changes,
      given.map((one) => (one === 'own' ? receiver.url : one)),
    );
    expect(examined.code).toBe(1);
    const found = notOk(examined).filter((finding) => finding.check === check && finding.status === 'fail');
    expect(found.map((finding) => `${finding.found}: ${finding.remedy}`)).toEqual(
      expect.arrayContaining([expect.stringMatching(words)]),
    );
  });

  it('finds a schema that nobody has migrated', async () => {
    await using database = await ScratchDatabase.create();
    const examined = await examine({ DATABASE_URL: database.url });
    expect(examined.code).toBe(1);
    expect(notOk(examined)).toEqual([
      expect.objectContaining({ check: 'postgresql.schema', found: expect.stringMatching(/migrations are missing/) }),
    ]);
  });

  it('finds a topic that somebody has altered, and a tier that a longer schedule would need', async () => {
    const name = `${world.topicPrefix}webhook.dead`;
    const admin = plainKafka((world.environment['KAFKA_BROKERS'] ?? '').split(',')).admin();
    await admin.connect();
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name,
          configEntries: [{ name: 'cleanup.policy', value: 'compact' }],
        },
      ],
    });
    await admin.disconnect();
    const examined = await examine({ RETRY_SCHEDULE: '500ms,1s,2s,4s' });
    expect(notOk(examined)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          status: 'fail',
          found: `${name} has cleanup.policy compact instead of delete`,
          remedy: `kafka-configs.sh --alter --entity-type topics --entity-name ${name} --add-config cleanup.policy=delete`,
        }),
        expect.objectContaining({ status: 'fail', found: `missing: ${world.topicPrefix}webhook.retry.4s` }),
      ]),
    );
  });

  it('says how it is used, and ends with 2, when it is not used so', async () => {
    const misused = [['--colour'], ['--as', 'console'], ['--url', 'nowhere'], ['what']];
    for (const { code, output } of await Promise.all(misused.map((given) => run(given)))) {
      expect(code).toBe(2);
      expect(output).toMatch(/fleethook doctor \[--json\]/);
    }
  });
});
