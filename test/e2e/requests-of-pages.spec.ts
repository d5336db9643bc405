import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { OwnStandalone } from '../support/own-standalone.js';
import { blocksRunBy } from '../support/pages/run-by.js';
import { RunningProcess } from '../support/running-process.js';

const OPERATOR_API_KEY = randomBytes(32).toString('hex');

/** A refusal must end the block, and the key that a container hands out is the one that `npm start` made. */
const AROUND = `curl() { command curl --fail-with-body "$@"; }
docker() { printf '%s' "$KEY_OF_A_CONTAINER"; }
`;

const blocks = blocksRunBy('test/e2e/requests-of-pages.spec.ts').map((block): [string, string] => [
  `${block.page}:${block.line}`,
  block.text,
]);

const curlIsMissing = spawnSync('curl', ['--version']).status !== 0;
if (curlIsMissing) process.stdout.write('The requests of the pages are not sent: there is no curl on this machine\n');
const withCurl = curlIsMissing ? describe.skip : describe;

withCurl('a request of a page', () => {
  let here: OwnStandalone;
  let webhook: string;

  beforeAll(async () => {
    here = await OwnStandalone.start([], { OPERATOR_API_KEY });
    await here.fleethook.says(/kinds of events/, 60_000);
    const { webhook: made } = await call<{ webhook: { prn: string } }>('/webhooks', {
      url: `${here.endpoint}/hook`,
      enabled_events: ['device.disconnected'],
    });
    webhook = made.prn;
  });

  afterAll(() => here[Symbol.asyncDispose]());

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a cast at every call would say the same in more words
  async function call<B>(path: string, body?: object): Promise<B> {
    const { apiUrl, apiKey } = here.facts();
    const reply = await fetch(`${apiUrl}${path}`, {
      headers: { authorization: `Token ${apiKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}: ${text}`);
    return JSON.parse(text) as B;
  }

  /** With this deployment's addresses and names in the place of the page's. @returns what it prints */
  async function run(text: string): Promise<string> {
    const { apiUrl, ingestUrl, apiKey, organizationPrn } = here.facts();
    const given = text
      .split('\n')
      .filter((line) => !line.startsWith('npm start'))
      .join('\n')
      .replaceAll('http://127.0.0.1:4000', apiUrl)
      .replaceAll('http://127.0.0.1:4001', ingestUrl)
      .replaceAll('.fleethook/', `${here.folder}/`)
      .replaceAll('https://example.com', here.endpoint)
      .replaceAll('prn:1:…:webhook:…', webhook)
      .replaceAll('prn:1:...', organizationPrn);
    await using shell = new RunningProcess('the request', ['bash', '-euo', 'pipefail', '-c', `${AROUND}${given}`], {
      API: apiUrl,
      KEY: apiKey,
      WEBHOOK: webhook,
      OPERATOR_API_KEY,
      KEY_OF_A_CONTAINER: apiKey,
    });
    const code = await shell.end(60_000);
    if (code !== 0) throw new Error(`it ended with ${code}:\n${given}\n${shell.output}`);
    return shell.output;
  }

  it.each(blocks)('%s is not refused', async (_where, text) => {
    expect(await run(text)).toMatch(/\{/);
  });

  it('that is the first one of the README has its event verified by the demo', async () => {
    const [, first = ''] = blocks.find(([where]) => where.startsWith('README.md')) ?? [];
    const { events } = JSON.parse(await run(first)) as { events: [{ prn: string }] };
    const [{ prn }] = events;
    await eventually(
      async () => {
        const { deliveries } = await call<{ deliveries: { webhook_prn: string; status: string }[] }>(
          `/events/${prn}/deliveries`,
        );
        const ofDemo = deliveries.find(({ webhook_prn: by }) => by !== webhook);
        if (ofDemo?.status !== 'delivered') throw new Error(JSON.stringify(deliveries));
      },
      { withinMs: 60_000, explain: () => here.fleethook.output.slice(-4_000) },
    );
    // It answers 200 only to what both signatures fit.
    expect(here.fleethook.output).toMatch(/demo {5}device\.disconnected verified/);
  });
});
