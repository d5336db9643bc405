import type { CompletionNode, CompletionWord } from './command-tree.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that the shell sources. It starts no process to complete a word. */
export function completionScript(shell: Shell, nodes: readonly CompletionNode[]): string {
  switch (shell) {
    case 'bash':
      return bash(nodes);
    case 'zsh':
      // zsh runs what was written for bash, once it is told to.
      return `autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n${bash(nodes)}`;
    case 'fish':
      return fish(nodes);
  }
}

function bash(nodes: readonly CompletionNode[]): string {
  const paths = nodes.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const words = nodes.map(
    ({ path, commands, options }) =>
      `    '${path}') words='${[...commands, ...options].map(({ word }) => word).join(' ')}' ;;`,
  );
  return `_fleethook() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path='' word words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "\${path:+$path }$word" in
      ${paths.join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path $previous" in
${choices(nodes).join('\n')}
${files(nodes).join('\n')}
  esac
  case "$path" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _fleethook fleethook
`;
}

function choices(nodes: readonly CompletionNode[]): string[] {
  return nodes.flatMap(({ path, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(
        ({ word, choices }) =>
          `    '${path} ${word}') COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$current")); return ;;`,
      ),
  );
}

/** What takes any other value: the names of files, which some of them are. */
function files(nodes: readonly CompletionNode[]): string[] {
  return nodes.flatMap(({ path, options }) => {
    const taking = options.filter(({ takesValue, choices }) => takesValue && choices.length === 0);
    const patterns = taking.map(({ word }) => `'${path} ${word}'`).join('|');
    return taking.length === 0 ? [] : [`    ${patterns}) COMPREPLY=($(compgen -f -- "$current")); return ;;`];
  });
}

function fish(nodes: readonly CompletionNode[]): string {
  const lines = ['complete -c fleethook -f'];
  for (const { path, commands, options } of nodes) {
    const condition = fishCondition(path, commands);
    for (const { word, description } of commands)
      lines.push(`complete -c fleethook -n ${condition} -a ${word} -d ${quoted(description)}`);
    for (const { word, description, takesValue, choices } of options) {
      const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
      lines.push(`complete -c fleethook -n ${condition} -l ${word.slice(2)}${value} -d ${quoted(description)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** All words of the path are there, and none of the commands below it. */
function fishCondition(path: string, commands: readonly CompletionWord[]): string {
  const seen = path === '' ? [] : path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
  const below = commands.map(({ word }) => word).join(' ');
  const unseen = commands.length === 0 ? [] : [`not __fish_seen_subcommand_from ${below}`];
  return quoted([...seen, ...unseen].join('; and '));
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
