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

/** JSON as others wrote it, for a terminal: what `JSON.stringify` leaves of control characters (C1 and DEL) is escaped as well. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(
    /[\u007F-\u009F]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Others wrote it, a terminal obeys it: control characters become visible ones. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => {
    if (character === '\t' || character === '\n') return ' ';
    const code = character.codePointAt(0) ?? 0;
    return code < FIRST_PRINTABLE ? String.fromCodePoint(CONTROL_PICTURES + code) : REPLACEMENT;
  });
}
