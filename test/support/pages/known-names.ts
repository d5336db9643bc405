import { globSync, readFileSync } from 'node:fs';
import { fileVariableOf, SETTINGS_BY_APP } from '@fleethook/config';
import { WEBHOOK_ERRORS } from '@fleethook/signing';
import { VARIABLES } from '../../../apps/cli/src/running/environment.js';

const SETTINGS = Object.values(SETTINGS_BY_APP).flatMap((settings) => Object.values(settings));
const COMPOSE_FILES = ['docker/compose.yaml', 'docker/compose.cluster.yaml'];
/** Of OpenTelemetry's package, and of the receivers to copy. */
const OF_OTHERS = [/^OTEL_/, /^WEBHOOK_SECRETS$/];
/** They look like settings. */
const ERROR_CODES: ReadonlySet<string> = new Set([
  ...[...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code = '']) => code),
  ...Object.keys(WEBHOOK_ERRORS),
]);

/** Every variable that something of the project reads. */
const VARIABLE_NAMES: ReadonlySet<string> = new Set([
  ...SETTINGS.map(({ variable }) => variable),
  ...SETTINGS.flatMap((item) => (item.secret ? (fileVariableOf(item) ?? []) : [])),
  ...VARIABLES.map(([name]) => name),
  ...COMPOSE_FILES.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name),
  ),
  ...globSync(['scripts/*.mjs', 'test/support/**/*.{js,ts}', 'test/e2e/console/**/*.ts'], {
    exclude: ['test/support/pages/**'],
  }).flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bFLEETHOOK_[A-Z_]+/g)].map(([name]) => name)),
]);

/** What our own variables begin with: what does too, and is unknown, is a mistake. */
const OWN_BEGINNINGS: ReadonlySet<string> = new Set(
  SETTINGS.map(({ variable }) => variable).flatMap((name) => (name.includes('_') ? [name.split('_', 1)[0] ?? ''] : [])),
);

export const isVariable = (name: string): boolean =>
  VARIABLE_NAMES.has(name) || OF_OTHERS.some((pattern) => pattern.test(name));

/** `KAFKA_SASL_*` stands for several. */
export function isUnknownSetting(name: string): boolean {
  if (ERROR_CODES.has(name) || OF_OTHERS.some((pattern) => pattern.test(name))) return false;
  if (!OWN_BEGINNINGS.has(name.split('_', 1)[0] ?? '')) return false;
  return name.endsWith('_') ? ![...VARIABLE_NAMES].some((known) => known.startsWith(name)) : !isVariable(name);
}
