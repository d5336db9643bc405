const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** The words of a command as a POSIX shell reads them, `$'...'` included; variables and the like stay as they are. */
export function shellWords(command: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < command.length; at++) {
    const character = command.charAt(at);
    if (character === "'" || (character === '$' && command[at + 1] === "'")) {
      const isAnsi = character === '$';
      const read = isAnsi ? ansiQuoted(command, at + 2) : singleQuoted(command, at + 1);
      word = (word ?? '') + read.text;
      at = read.end;
    } else if (character === '"') {
      const read = doubleQuoted(command, at + 1);
      word = (word ?? '') + read.text;
      at = read.end;
    } else if (character === '\\') {
      at += 1;
      // Before a line's end it goes on with the next one.
      if (command[at] !== '\n' && command[at] !== '\r') word = (word ?? '') + command.charAt(at);
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  return word === undefined ? words : [...words, word];
}

interface Quoted {
  readonly text: string;
  /** Of the closing quote; of the command, when there is none. */
  readonly end: number;
}

function singleQuoted(command: string, start: number): Quoted {
  const found = command.indexOf("'", start);
  const end = found === -1 ? command.length : found;
  return { text: command.slice(start, end), end };
}

function doubleQuoted(command: string, start: number): Quoted {
  let text = '';
  let at = start;
  for (; at < command.length && command[at] !== '"'; at++) {
    if (command[at] === '\\' && '"\\$`\n'.includes(command.charAt(at + 1))) at += 1;
    text += command.charAt(at);
  }
  return { text, end: at };
}

function ansiQuoted(command: string, start: number): Quoted {
  let text = '';
  let at = start;
  for (; at < command.length && command[at] !== "'"; at++) {
    if (command[at] !== '\\') {
      text += command.charAt(at);
      continue;
    }
    at += 1;
    const escaped = command.charAt(at);
    const code = escaped === 'u' ? /^[0-9a-fA-F]{1,4}/.exec(command.slice(at + 1))?.[0] : undefined;
    text += code === undefined ? (ESCAPES[escaped] ?? escaped) : String.fromCodePoint(Number.parseInt(code, 16));
    at += code?.length ?? 0;
  }
  return { text, end: at };
}
