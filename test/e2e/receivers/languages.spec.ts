import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPrn } from '@fleethook/events';
import { newSecret, secretBytes, signPeridio, signStandardWebhooks } from '@fleethook/signing';
import { eventually } from '../../support/eventually.js';
import { RunningProcess } from '../../support/running-process.js';
import { TlsTerminator } from '../../support/tls-terminator.js';
import { World } from '../../support/world.js';
import { codeLines, languages, type Language } from './languages.js';

interface Vector {
  readonly name: string;
  readonly secrets: readonly string[];
  readonly publishedAt: string;
  readonly id: string;
  readonly timestampSeconds: number;
  readonly body: string;
  readonly peridioSignature: string;
  readonly webhookSignature: string;
}

const vectors = JSON.parse(readFileSync('libs/signing/src/vectors.json', 'utf8')) as readonly Vector[];
const everySecret = [...new Set(vectors.flatMap(({ secrets }) => secrets))];
/** The oldest vector is of the year 2000. */
const MANY_YEARS_SECONDS = '1000000000';
const START_MS = 60_000;
const ARRIVAL_MS = 30_000;

type Headers = Readonly<Record<string, string>>;

const peridio = (publishedAt: string, signature: string): Headers => ({
  'peridio-published-at': publishedAt,
  'peridio-signature': signature,
});
const standard = (id: string, timestampSeconds: number, signature: string): Headers => ({
  'webhook-id': id,
  'webhook-timestamp': String(timestampSeconds),
  'webhook-signature': signature,
});

/** Each alone must do. */
const familiesOf = (vector: Vector): [string, Headers][] => [
  ['Peridio', peridio(vector.publishedAt, vector.peridioSignature)],
  ['Standard Webhooks', standard(vector.id, vector.timestampSeconds, vector.webhookSignature)],
];

function signedNow(body: string, secret: string, secondsAgo: number): [string, Headers][] {
  const seconds = Math.floor(Date.now() / 1_000) - secondsAgo;
  const at = new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
  const [bytes, keys] = [Buffer.from(body), [secretBytes(secret)]];
  return [
    ['Peridio', peridio(at, signPeridio(at, bytes, keys))],
    ['Standard Webhooks', standard('id', seconds, signStandardWebhooks('id', seconds, bytes, keys))],
  ];
}

async function post(port: number, headers: Headers, body: string): Promise<number> {
  const reply = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body });
  await reply.arrayBuffer();
  return reply.status;
}

interface Started extends AsyncDisposable {
  readonly port: number;
  readonly process: RunningProcess;
}

async function start(language: Language, secrets: readonly string[], settings: Headers = {}): Promise<Started> {
  const { name, command } = language;
  if ('missing' in command) throw new Error(command.missing);
  const environment = { PORT: '0', WEBHOOK_SECRETS: secrets.join(','), ...settings };
  const process = new RunningProcess(`the receiver in ${name}`, command, environment);
  const port = Number(await process.says(/listening on (\d+)/, START_MS));
  return { port, process, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
}

const all = languages();
const here = all.filter(({ command }) => !('missing' in command));
for (const { name, command } of all)
  if ('missing' in command) process.stdout.write(`The receiver in ${name} is not tested: ${command.missing}\n`);

describe('receivers in several languages', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.create({ apps: ['ingest', 'router', 'delivery'] });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(all)('$file is short', ({ file }) => {
    expect(codeLines(readFileSync(`docs/receivers/${file}`, 'utf8'))).toBeLessThanOrEqual(60);
  });

  it.each(here)('$name agrees with the vectors', async (language) => {
    await using receiver = await start(language, everySecret, { TOLERANCE_SECONDS: MANY_YEARS_SECONDS });
    const { port, process } = receiver;
    for (const vector of vectors) {
      const isEvent = vector.body.includes('"prn"');
      for (const [family, headers] of familiesOf(vector)) {
        const answers = {
          good: await post(port, headers, vector.body),
          tampered: await post(port, headers, `${vector.body} `),
          unsigned: await post(port, {}, vector.body),
        };
        const expected = { good: isEvent ? 200 : 400, tampered: 401, unsigned: 401 };
        expect([vector.name, family, answers]).toEqual([vector.name, family, expected]);
      }
    }
    expect(process.output.match(/^(event|duplicate) /gm)).toEqual(['event ', 'duplicate ', 'duplicate ', 'duplicate ']);
  });

  it.each(here)('$name refuses what is old, early, or by nobody it knows', async (language) => {
    const secret = newSecret();
    await using receiver = await start(language, [secret]);
    const { port, process } = receiver;
    const body = '{"version":1,"prn":"prn:1:x:event:y"}';
    for (const [secondsAgo, by, status] of [
      [310, secret, 401],
      [-310, secret, 401],
      [0, newSecret(), 401],
      [280, secret, 200],
      [-280, secret, 200],
    ] as const)
      for (const [family, headers] of signedNow(body, by, secondsAgo))
        expect([family, secondsAgo, await post(port, headers, body)]).toEqual([family, secondsAgo, status]);
    for (const signature of ['', ',', 'zz', 'v1,', 'v1,===', 'é'.repeat(32)])
      for (const headers of [
        peridio(new Date().toISOString(), encodeURI(signature)),
        standard('', 0, encodeURI(signature)),
      ])
        expect([signature, await post(port, headers, body)]).toEqual([signature, 401]);
    expect(process.output).not.toMatch(/panic|Traceback|Exception/);
  });

  it.each(here)(
    '$name takes real deliveries, drops duplicates, and does not notice that the secret is rolled',
    async (language) => {
      await using terminator = await TlsTerminator.listen();
      const created = await (async () => {
        await using unconfigured = await start(language, []);
        terminator.port = unconfigured.port;
        const request = { url: terminator.url, enabled_events: ['device.claimed_release'] };
        const reply = await world.call<{ webhook: { prn: string; secret: string } }>('POST', '/webhooks', request);
        expect([reply.status, reply.body]).toMatchObject([201, {}]);
        expect(unconfigured.process.output).not.toMatch(/^event/m);
        return reply.body.webhook;
      })();
      const rolled = await world.call('POST', `/webhooks/${created.prn}/roll_secret`, { webhook_ttl: 600 });
      expect(rolled.status).toBe(200);
      await world.configurationArrived();

      await using receiver = await start(language, [created.secret]);
      const { process } = receiver;
      terminator.port = receiver.port;
      const organization = await world.organization();
      const explain = (): string => `${process.output}\n${world.explain()}`;
      const [first, second] = [newPrn(organization, 'event'), newPrn(organization, 'event')];
      await world.post([first, second]);
      await world.post([first]);
      await process.says(new RegExp(`^event ${second}`, 'm'), ARRIVAL_MS);
      await process.says(new RegExp(`^duplicate ${first}`, 'm'), ARRIVAL_MS);
      expect(process.output.match(/^event .*$/gm)?.toSorted()).toEqual(
        [`event ${first}`, `event ${second}`].toSorted(),
      );
      await eventually(
        async () => {
          const doublySigned = terminator.passed.filter(({ headers }) =>
            String(headers['peridio-signature']).includes(','),
          );
          if (doublySigned.length === 0) await world.post([newPrn(organization, 'event')]);
          expect(doublySigned.length).toBeGreaterThan(0);
        },
        { withinMs: ARRIVAL_MS, explain },
      );
      expect(terminator.passed.filter(({ status }) => status !== 200)).toEqual([]);
      expect((await world.call('DELETE', `/webhooks/${created.prn}`)).status).toBe(204);
    },
  );
});
