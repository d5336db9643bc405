import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { faultsOf } from './block-faults.js';
import { faultsOfCommand } from './command-faults.js';
import { isUnknownSetting } from './known-names.js';
import { blocksOf, inlineCodeOf, PAGES } from './page-block.js';
import { blocksRunBy, RUNNING_SPECS, specRunning } from './run-by.js';
import { commandsOf } from './shell-commands.js';

const COMMAND = /^(?:[A-Z_]+=\S* )*(?:npm|npx|node|docker) [\w-]/;
const SETTING = /\b[A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9_]\b/g;

const fenced = (language: string, text: string, above = ''): string =>
  `${above}\n\n\`\`\`${language}\n${text}\n\`\`\`\n`;
/** As if a page that is there had only this in it. */
const faultsIn = async (markdown: string): Promise<string[]> =>
  (await Promise.all(blocksOf('docs/concepts.md', markdown).map(faultsOf))).flat();

describe('every page', () => {
  it.each(PAGES)('%s has no block that nobody runs, checks or marks', async (page) => {
    expect((await Promise.all(blocksOf(page).map(faultsOf))).flat()).toEqual([]);
  });

  it.each(PAGES)('%s names commands, flags and settings that are there', async (page) => {
    const code = inlineCodeOf(page);
    const commands = code.filter(({ code: text }) => COMMAND.test(text));
    const faults = commands.map(async ({ line, code: text }) =>
      (await Promise.all(commandsOf(text).map(faultsOfCommand))).flat().map((fault) => `${page}:${line}: ${fault}`),
    );
    const settings = code.flatMap(({ line, code: text }) =>
      (text.match(SETTING) ?? []).filter(isUnknownSetting).map((name) => `${page}:${line}: nothing reads ${name}`),
    );
    expect([...(await Promise.all(faults)).flat(), ...settings]).toEqual([]);
  });
});

describe('a spec that runs blocks of pages', () => {
  it.each(RUNNING_SPECS)('%s is there, has some, and takes them from the table', (spec) => {
    const asks = existsSync(spec) && readFileSync(spec, 'utf8').includes(`blocksRunBy('${spec}')`);
    expect(asks).toBe(true);
    expect(blocksRunBy(spec).length).toBeGreaterThan(0);
  });
});

describe('a block', () => {
  it.each<[string, string, string]>([
    ['sh', 'npm run', 'there is no npm run'],
    ['sh', 'echo "', 'unexpected EOF'],
    ['sh', 'npm run bensh', 'no npm run bensh'],
    ['sh', 'npm start -- --no-dmeo', 'has no --no-dmeo'],
    ['sh', 'npm run doctor -- --at router', 'has no --at'],
    ['sh', 'npm run test:unit -- --testPathPatterns libs/nothing', 'no spec is in libs/nothing'],
    ['sh', 'npx fleethook events snd', "unknown command 'snd'"],
    ['sh', 'npx fleethook listen --creat', "unknown option '--creat'"],
    ['sh', 'RETRY_HORISON=3d npm start', 'nothing reads RETRY_HORISON'],
    ['sh', 'LOG_LEVLE=debug', 'nothing reads LOG_LEVLE'],
    ['sh', 'node dist/apps/<app>/src/man.js', 'no apps/ingest/src/man.ts'],
    ['sh', 'docker compose -f docker/compose.yml up', 'no docker/compose.yml'],
    ['sh', 'docker compose -f docker/compose.yaml up -d --scale deliveries=3', 'no service deliveries'],
    ['sh', 'docker compose -f docker/compose.yaml --profile dmeo up', 'no profile dmeo'],
    ['sh', 'for app in a; do\n  docker compose run --rm migrat\ndone', 'no service migrat'],
    ['sh', 'helm install fleethook docker/helm/fleethook --set kafka.broker=kafka:9092', 'no value kafka.broker'],
    ['sh', 'kubectl create secret generic x --from-literal=secret-key=x', 'no secret-key'],
    ['sh', 'promtool check config docker/prometheus.yml', 'no docker/prometheus.yml'],
    ['sh', 'KEY=$(npm run kyes)', 'no npm run kyes'],
    ['sh', 'cat "$NOBODY_KNOWS"', 'what $NOBODY_KNOWS is'],
    ['sh', 'kafka-topics.sh --list', 'nothing checks kafka-topics.sh'],
    ['console', 'npm run strat', 'no npm run strat'],
    ['json', '{"a":}', 'Unexpected token'],
    ['json', '{"a":1}', 'no spec compares'],
    ['yaml', 'services:\n  deliveries: {}', 'no service deliveries'],
    [
      'yaml',
      'services:\n  delivery:\n    environment:\n      DELIVERY_MAX_RESPONS: 64KiB',
      'nothing reads DELIVERY_MAX_RESPONS',
    ],
    ['yaml', '- target: [a]', 'no targets'],
    ['text', 'Examples:\n  $ fleethook webhooks get', 'missing required argument'],
    ['ts', 'const a = 1;', 'no spec runs it'],
    ['', 'npm start', 'no spec runs it'],
  ])('is found where it is wrong, or nobody runs it: %s %s', async (language, text, fault) => {
    const faults = await faultsIn(fenced(language, text));
    expect(faults.join('\n')).toContain(fault);
    for (const found of faults) expect(found).toMatch(/^docs\/concepts\.md:3: /);
  });

  it('is left alone where the page says so, as a whole or line by line', async () => {
    const mark = '<!-- not run by a test: it takes a cluster -->';
    expect(await faultsIn(fenced('ts', 'const a = 1;', mark))).toEqual([]);
    expect(await faultsIn(fenced('sh', 'kafka-topics.sh --list   # not run by a test'))).toEqual([]);
    expect(await faultsIn(fenced('ts', 'const a = 1;', `${mark}\n\nText`))).toHaveLength(1);
  });

  it('is run by one spec, by where it is and what it holds', () => {
    const [request, start] = blocksOf('README.md', fenced('sh', 'curl -s x') + fenced('sh', 'npm start'));
    expect(request && specRunning(request)).toBe('test/e2e/requests-of-pages.spec.ts');
    expect(start && specRunning(start)).toBeUndefined();
  });
});

describe('a setting in a sentence', () => {
  it.each([
    ['KAFKA_BROKERS', false],
    ['SECRETS_KEY_FILE', false],
    ['KAFKA_SASL_', false],
    ['KAFKA_BROKER', true],
    ['KAFKA_SESL_', true],
    ['HEADER_MISSING', false],
  ])('%s is unknown: %s', (name, expected) => {
    expect(isUnknownSetting(name)).toBe(expected);
  });
});
