import { parse } from 'yaml';
import { readFileSync } from 'node:fs';
import { faultsOfCommand } from './command-faults.js';
import { isVariable } from './known-names.js';
import { isGenerated, textOf, type PageBlock } from './page-block.js';
import { specRunning } from './run-by.js';
import { commandsOf, syntaxFaultOf, variablesOf } from './shell-commands.js';

type Check = (block: PageBlock) => readonly string[] | Promise<readonly string[]>;
type Services = Readonly<Record<string, { readonly environment?: Readonly<Record<string, string>> }>>;

/** Readers come from there with an address, a key and a webhook. */
const TOUR = 'docs/tour.md';

const ofShell: Check = async ({ page, text }) => {
  const given = new Set([TOUR, page].flatMap((from) => [...variablesOf(textOf(from)).given]));
  const { used } = variablesOf(text);
  const commands = commandsOf(text);
  // Alone, it is for what comes later on the page, or for a file of settings.
  const alone = commands.filter(({ words }) => words.length === 0).flatMap(({ assigned }) => assigned);
  const usedHere = variablesOf(textOf(page)).used;
  return [
    [syntaxFaultOf(text) ?? []].flat(),
    [...used].filter((name) => !given.has(name) && !isVariable(name)).map((name) => `nobody says what $${name} is`),
    alone.filter((name) => !isVariable(name) && !usedHere.has(name)).map((name) => `nothing reads ${name}`),
    ...(await Promise.all(commands.map(faultsOfCommand))),
  ].flat();
};

const ofJson: Check = ({ page, text }) => {
  JSON.parse(text);
  return isGenerated(page) ? [] : ['no spec compares it with what the API says'];
};

/** An override of the stack, values of the chart, or targets of Prometheus. */
const ofYaml: Check = ({ text }) => {
  const document: unknown = parse(text);
  if (Array.isArray(document)) {
    const groups = document as readonly { targets?: unknown }[];
    return groups.every(({ targets }) => Array.isArray(targets)) ? [] : ['it is a list, but of no targets'];
  }
  const { services } = document as { services?: Services };
  if (services === undefined) return faultsOfValues(document as Readonly<Record<string, unknown>>);
  const known = (parse(readFileSync('docker/compose.yaml', 'utf8')) as { services: Services }).services;
  return Object.entries(services).flatMap(([name, { environment = {} }]) => [
    ...(known[name] === undefined ? [`there is no service ${name}`] : []),
    ...Object.keys(environment)
      .filter((variable) => !isVariable(variable))
      .map((variable) => `nothing reads ${variable}`),
  ]);
};

function faultsOfValues({ settings = {}, ...values }: Readonly<Record<string, unknown>>): readonly string[] {
  const known = parse(readFileSync('docker/helm/fleethook/values.yaml', 'utf8')) as Readonly<Record<string, unknown>>;
  return [
    ...Object.keys(values)
      .filter((name) => known[name] === undefined)
      .map((name) => `the chart has no value ${name}, and the stack no such service`),
    ...Object.keys(settings as object)
      .filter((variable) => !isVariable(variable))
      .map((variable) => `nothing reads ${variable}`),
  ];
}

/** Of a text only the examples in it are commands. */
const ofText: Check = async ({ text }) => {
  const examples = text.match(/^ *\$ (?:.*\\\n)*.*$/gm) ?? [];
  const scripts = examples.map((example) => example.replaceAll(/^ *\$ /gm, ''));
  return (await Promise.all(scripts.flatMap(commandsOf).map(faultsOfCommand))).flat();
};

const CHECKS: Readonly<Record<string, Check>> = {
  sh: ofShell,
  bash: ofShell,
  console: ofShell,
  json: ofJson,
  yaml: ofYaml,
  text: ofText,
};

/** What is wrong with a block that no spec runs and that is not marked: `page:line: what`. */
export async function faultsOf(block: PageBlock): Promise<string[]> {
  if (block.notRun !== undefined || specRunning(block) !== undefined) return [];
  const check = CHECKS[block.language];
  const faults = await (check === undefined ? ['no spec runs it, and it is not marked'] : tried(check, block));
  return faults.map((fault) => `${block.page}:${block.line}: ${fault}`);
}

async function tried(check: Check, block: PageBlock): Promise<readonly string[]> {
  try {
    return await check(block);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
