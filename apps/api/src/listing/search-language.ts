/**
 * Peridio's search language: 1 to 5 clauses joined by ` and `; a clause is key, operator, value. Strings and date-times stand in single
 * quotes, in which `\'` is a quote and any other backslash is one; booleans and numbers are bare.
 *
 *     description~'it\'s' and inserted_at>='2026-01-01T00:00:00Z'
 */
export interface SearchClause {
  readonly key: Located<string>;
  readonly operator: Located<SearchOperator>;
  /** `isQuoted`: a string or a date-time, without its quotes and escapes. */
  readonly value: Located<string> & { readonly isQuoted: boolean };
}

/** `at`: of its first character, counted from 1. */
export interface Located<T> {
  readonly text: T;
  readonly at: number;
}

// The longer ones first, for they begin with others.
const OPERATORS = ['<=', '>=', ':', '-', '~', '<', '>'] as const;
export type SearchOperator = (typeof OPERATORS)[number];

export type SearchSyntax = { kind: 'clauses'; clauses: SearchClause[] } | { kind: 'fault'; message: string };

const MAX_CLAUSES = 5;
const MAX_SEARCH_LENGTH = 2_048;
const AND = ' and ';
const BARE_VALUE = /^(?:true|false|[+-]?\d+(?:\.\d+)?)$/;

/** The clauses as they are written, none for a blank text; or what is wrong, and where. */
export function readSearch(text: string): SearchSyntax {
  if (text.length > MAX_SEARCH_LENGTH)
    return { kind: 'fault', message: `must be at most ${MAX_SEARCH_LENGTH} characters` };
  if (text.includes('\0') || !text.isWellFormed())
    return { kind: 'fault', message: 'must be valid Unicode without NUL' };
  try {
    return { kind: 'clauses', clauses: new SearchReader(text).clauses() };
  } catch (error) {
    if (error instanceof SearchFault) return { kind: 'fault', message: error.message };
    throw error;
  }
}

/** What is wrong at a place, in the words in which it is told. */
export function faultAt(at: number, what: string): string {
  return `at character ${at}: ${what}`;
}

class SearchFault extends Error {
  constructor(at: number, what: string) {
    super(faultAt(at, what));
  }
}

class SearchReader {
  /** Of the next character, from 0. */
  #position: number;
  readonly #end: number;

  constructor(private readonly text: string) {
    this.#end = text.trimEnd().length;
    this.#position = Math.min(text.length - text.trimStart().length, this.#end);
  }

  clauses(): SearchClause[] {
    const clauses: SearchClause[] = [];
    if (this.#position === this.#end) return clauses;
    for (;;) {
      clauses.push({ key: this.#key(), operator: this.#operator(), value: this.#value() });
      if (this.#position === this.#end) return clauses;
      if (!this.text.startsWith(AND, this.#position))
        throw new SearchFault(this.#at, 'must go on with " and " and another clause, or end');
      if (clauses.length === MAX_CLAUSES) throw new SearchFault(this.#at, `must end: ${MAX_CLAUSES} clauses at most`);
      this.#position += AND.length;
    }
  }

  get #at(): number {
    return this.#position + 1;
  }

  #key(): Located<string> {
    const at = this.#at;
    const text = this.#take(/[A-Za-z0-9_.]*/y);
    if (text === '') throw new SearchFault(at, "must be a clause such as description~'test'");
    return { text, at };
  }

  #operator(): Located<SearchOperator> {
    const at = this.#at;
    const text = OPERATORS.find((operator) => this.text.startsWith(operator, this.#position));
    if (text === undefined) throw new SearchFault(at, `must be one of the operators ${OPERATORS.toSorted().join(' ')}`);
    this.#position += text.length;
    return { text, at };
  }

  #value(): SearchClause['value'] {
    const at = this.#at;
    if (this.text[this.#position] === "'") return { text: this.#quoted(at), at, isQuoted: true };
    const text = this.#take(/[^\s']*/y);
    if (!BARE_VALUE.test(text)) throw new SearchFault(at, 'must be a text in single quotes, a number, true or false');
    return { text, at, isQuoted: false };
  }

  #quoted(at: number): string {
    const written = this.#take(/'(?:\\'|(?!\\')[^'])*'/y);
    if (written === '') throw new SearchFault(at, 'is a text without a closing quote');
    return written.slice(1, -1).replaceAll("\\'", "'");
  }

  /** @param pattern sticky, and without anything that could match beyond the end's blanks */
  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.text.slice(0, this.#end))?.[0] ?? '';
    this.#position += match.length;
    return match;
  }
}
