import { styleText } from 'node:util';

/** What a colour means here, so that it means the same everywhere. */
const MEANINGS = {
  good: 'green',
  bad: 'red',
  warning: 'yellow',
  name: 'bold',
  faint: 'dim',
} as const;
export type Meaning = keyof typeof MEANINGS;

export type Paint = (meaning: Meaning, text: string) => string;

export function painter(isColored: boolean): Paint {
  return (meaning, text) =>
    isColored && text !== '' ? styleText(MEANINGS[meaning], text, { validateStream: false }) : text;
}

const CONTROL_PICTURES = 0x24_00;
const FIRST_PRINTABLE = 0x20;
const REPLACEMENT = '\uFFFD';

/** Others wrote it, a terminal obeys it: control characters become visible ones. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => {
    if (character === '\t' || character === '\n') return ' ';
    const code = character.codePointAt(0) ?? 0;
    return code < FIRST_PRINTABLE ? String.fromCodePoint(CONTROL_PICTURES + code) : REPLACEMENT;
  });
}
