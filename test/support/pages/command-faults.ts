import { existsSync, globSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { faultOfCliWords } from './cli-words.js';
import { isVariable } from './known-names.js';
import type { ShellCommand } from './shell-commands.js';

type Check = (words: readonly string[]) => readonly string[] | Promise<readonly string[]>;
type Tree = Readonly<Record<string, unknown>>;

interface Compose {
  readonly services: Readonly<Record<string, { readonly profiles?: readonly string[] }>>;
}

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const compose = parse(readFileSync('docker/compose.yaml', 'utf8')) as Compose;
const values = parse(readFileSync('docker/helm/fleethook/values.yaml', 'utf8')) as Tree;
const APPS = ['ingest', 'router', 'delivery', 'recorder', 'api'];
/** Where the flags of a script are read; every other script takes none, or those of Jest. */
const FLAGS_IN: Readonly<Record<string, string>> = {
  start: 'apps/standalone/src/arguments.ts',
  doctor: 'apps/doctor/src/arguments.ts',
  bench: 'test/bench/main.ts',
  chaos: 'test/chaos/main.ts',
  soak: 'test/soak/main.ts',
};
/** Not ours, and nothing of ours is named in their words. */
const TRUSTED = new Set(['cat', 'jq', 'openssl', 'source']);

const NPM_ITSELF = new Set(['audit', 'ci', 'install', 'pack', 'rebuild']);

const flagsOf = (words: readonly string[]): string[] => words.filter((word) => /^--[a-z]/.test(word));
const valueAfter = (words: readonly string[], ...flags: string[]): string[] =>
  words.flatMap((word, at) => (flags.includes(words[at - 1] ?? '') ? [word] : []));
const missing = (files: readonly string[]): string[] =>
  files.filter((file) => globSync(file).length === 0).map((file) => `there is no ${file}`);

const ofNpm: Check = ([verb = '', ...rest]) => {
  if (NPM_ITSELF.has(verb)) return [];
  const [name = '', ...words] = verb === 'run' ? rest : [verb, ...rest];
  if (scripts[name] === undefined) return [`there is no npm run ${name}`];
  if (name.startsWith('test')) {
    const specs = globSync('{apps,libs,test}/**/*.spec.ts', { exclude: ['**/node_modules/**'] });
    const patterns = valueAfter(words, '--testPathPatterns');
    return patterns
      .filter((pattern) => !specs.some((spec) => spec.includes(pattern)))
      .map((it) => `no spec is in ${it}`);
  }
  const source = FLAGS_IN[name] === undefined ? '' : readFileSync(FLAGS_IN[name], 'utf8');
  const isRead = (flag: string): boolean =>
    source.includes(flag) || new RegExp(`\\b${flag.slice(2)}'?: \\{`).test(source);
  return flagsOf(words)
    .filter((flag) => !isRead(flag))
    .map((flag) => `npm run ${name} has no ${flag}`);
};

const ofNode: Check = (words) => {
  if (words[0] === '-p' || words[0] === '-e') return [];
  const file = words.find((word) => !word.startsWith('-')) ?? '';
  const each = file.includes('<app>') ? APPS.map((app) => file.replace('<app>', app)) : [file];
  return missing(each.map((one) => one.replace(/^dist\/(.*)\.js$/, '$1.ts')));
};

const ofDocker: Check = ([verb, ...words]) => {
  if (verb === 'build') return missing(valueAfter(words, '-f'));
  if (verb !== 'compose') return [];
  const profiles = new Set(Object.values(compose.services).flatMap((service) => service.profiles ?? []));
  const scaled = valueAfter(words, '--scale').map((scale) => scale.split('=')[0] ?? '');
  const at = words.findIndex((word) => ['exec', 'run', 'up', 'logs'].includes(word));
  const named = words.slice(at + 1).find((word, index, all) => /^[a-z]/.test(word) && all[index - 1] !== '--scale');
  const services = [...scaled, ...(at === -1 || named === undefined ? [] : [named])];
  return [
    ...missing(valueAfter(at === -1 ? words : words.slice(0, at), '-f').filter((file) => file !== 'my.yaml')),
    ...valueAfter(words, '--profile')
      .filter((profile) => profile !== '*' && !profiles.has(profile))
      .map((profile) => `there is no profile ${profile}`),
    ...services
      .filter((service) => compose.services[service] === undefined)
      .map((service) => `there is no service ${service}`),
  ];
};

const ofHelm: Check = (words) => [
  ...missing(words.filter((word) => word.startsWith('docker/'))),
  ...valueAfter(words, '--set')
    .flatMap((set) => set.split(','))
    .map((pair) => pair.split('=')[0] ?? '')
    .filter(
      (key) => key.split('.').reduce<unknown>((at, name) => (at as Tree | undefined)?.[name], values) === undefined,
    )
    .map((key) => `the chart has no value ${key}`),
];

const ofKubectl: Check = (words) => {
  const keys = Object.values(values['secrets'] as Record<string, { key: string }>).map(({ key }) => key);
  return words
    .flatMap((word) => /^--from-literal=([^=]+)=/.exec(word)?.[1] ?? [])
    .filter((key) => !keys.includes(key))
    .map((key) => `the chart reads no ${key} from a Secret`);
};

const ofFleethook: Check = async (words) => [(await faultOfCliWords(words)) ?? []].flat();

const CHECKS: Readonly<Record<string, Check>> = {
  npm: ofNpm,
  npx: ([name, ...words]) => (name === 'fleethook' ? ofFleethook(words) : []),
  fleethook: ofFleethook,
  node: ofNode,
  docker: ofDocker,
  helm: ofHelm,
  kubectl: ofKubectl,
  promtool: (words) => missing(words.filter((word) => word.includes('/'))),
};

/** What a command names, and is not there: scripts, flags, settings, files, services. */
export async function faultsOfCommand({ assigned, words: [program, ...words] }: ShellCommand): Promise<string[]> {
  if (program === undefined) return [];
  const unknown = assigned.filter((name) => !isVariable(name)).map((name) => `nothing reads ${name}`);
  const check = CHECKS[program];
  if (check !== undefined) return [...unknown, ...(await check(words))];
  return TRUSTED.has(program) || existsSync(program) ? unknown : [...unknown, `nothing checks ${program}`];
}
