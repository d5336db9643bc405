import { spawnSync } from 'node:child_process';
import { shellWords } from '../../../apps/cli/src/verify/shell-words.js';
import { LINE_NOT_RUN } from './page-block.js';

export interface ShellCommand {
  /** `NAME=value` before the command, or alone. */
  readonly assigned: readonly string[];
  /** The program first; empty for an assignment alone. */
  readonly words: readonly string[];
}

const QUOTED_OR_END = /'[^']*'|"(?:[^"\\]|\\.)*"|(\n|;|&&|\|\|?)/g;
const SUBSTITUTION = /[$<]\(([^()]*)\)/g;
const ASSIGNMENT = /^([A-Za-z_]\w*)=/;

/** As far as pages need it: lines, `;`, `&&`, pipes, substitutions, and the commands of a `for`. */
export function commandsOf(script: string): ShellCommand[] {
  const lines = script
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => !LINE_NOT_RUN.test(line))
    .map((line) => line.replace(/(^|\s)# .*$/, ''));
  const inner = [...lines.join('\n').matchAll(SUBSTITUTION)].flatMap(([, command = '']) => commandsOf(command));
  const outer = lines
    .join('\n')
    .replaceAll(SUBSTITUTION, 'x')
    .replaceAll(QUOTED_OR_END, (found: string, end?: string) => (end === undefined ? found : '\n'))
    .split('\n')
    .map((line) => line.trim().replace(/^do /, ''))
    .filter((line) => !['', 'do', 'done'].includes(line) && !/^for \w+ in /.test(line))
    .map(commandOf);
  return [...inner, ...outer];
}

function commandOf(line: string): ShellCommand {
  const words = shellWords(line.replace(/ [12]?>.*$/, ''));
  const first = words.findIndex((word) => !ASSIGNMENT.test(word));
  const end = first === -1 ? words.length : first;
  const assigned = words.slice(0, end).map((word) => ASSIGNMENT.exec(word)?.[1] ?? '');
  return { assigned, words: words.slice(end) };
}

/** Names that a script takes from elsewhere, and those that it gives. */
export function variablesOf(script: string): { used: ReadonlySet<string>; given: ReadonlySet<string> } {
  const unquoted = script.replaceAll(/(?<!["\w])'[^'\n]*'/g, '');
  const used = [...unquoted.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
  const given = [...script.matchAll(/(?:^|[\s;(])(?:for )?([A-Za-z_]\w*)(?:=| in )/gm)].map(([, name = '']) => name);
  return { used: new Set(used), given: new Set(given) };
}

/** @returns what bash has against it, without running it */
export function syntaxFaultOf(script: string): string | undefined {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
  return status === 0 ? undefined : stderr.trim();
}
