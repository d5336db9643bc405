import type { Environment } from '../running/environment.js';
import { wrap } from './wrap.js';
import { jsonText, painter, printable, type Meaning, type Paint } from './style.js';
import { tableLines, type Column } from './table.js';

/** Where a stream's text goes, and what is known of the other end. */
export interface Sink {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number | undefined;
}

export interface OutputOptions {
  /** For scripts: JSON on stdout, nothing else. */
  readonly json: boolean;
  readonly color: boolean;
  /** Tables as wide as they get. */
  readonly wide: boolean;
}

const DEFAULT_COLUMNS = 80;
const GAP = '  ';

/** All that a command says: results on stdout, everything about them on stderr. */
export class Output {
  readonly isJson: boolean;
  readonly paint: Paint;
  readonly #paintNote: Paint;
  readonly #width: number | undefined;

  constructor(
    private readonly stdout: Sink,
    private readonly stderr: Sink,
    options: OutputOptions,
    environment: Pick<Environment, 'noColor' | 'columns'>,
  ) {
    this.isJson = options.json;
    const mayColor = options.color && !environment.noColor;
    this.paint = painter(mayColor && stdout.isTerminal);
    this.#paintNote = painter(mayColor && stderr.isTerminal);
    this.#width = options.wide ? undefined : (stdout.columns ?? environment.columns ?? DEFAULT_COLUMNS);
  }

  /** On which a line can be written over. */
  get isLive(): boolean {
    return this.stderr.isTerminal && !this.isJson;
  }

  get width(): number {
    return this.#width ?? Infinity;
  }

  /** One JSON document for scripts, words for people. */
  result(document: unknown, words: () => void): void {
    if (this.isJson) this.stdout.write(`${jsonText(document, 2)}\n`);
    else words();
  }

  /** One of many: a line of NDJSON for scripts, words for people. */
  record(document: unknown, words: () => void): void {
    if (this.isJson) this.stdout.write(`${jsonText(document)}\n`);
    else words();
  }

  /** For people, as a result. */
  line(text = ''): void {
    if (!this.isJson) this.stdout.write(`${text}\n`);
  }

  /** For people, about a result. */
  note(text: string): void {
    if (!this.isJson) this.stderr.write(`${text}\n`);
  }

  warn(text: string): void {
    if (!this.isJson) this.stderr.write(`${this.#paintNote('warning', text)}\n`);
  }

  /** A line that the next one replaces; only where `isLive`. */
  live(text: string): void {
    if (this.isLive) this.stderr.write(`\r\u001B[K${text}`);
  }

  /** @param emptyNote in place of a table without rows */
  table<T>(columns: readonly Column<T>[], rows: readonly T[], emptyNote?: string): void {
    if (rows.length === 0 && emptyNote !== undefined) {
      this.note(emptyNote);
      return;
    }
    for (const line of tableLines(columns, rows, this.paint, this.#width)) this.line(line);
  }

  /** Names and values, one a line; undefined values are left out. */
  facts(facts: readonly (readonly [name: string, value: string | undefined, meaning?: Meaning | undefined])[]): void {
    const shown = facts.filter(([, value]) => value !== undefined);
    const width = Math.max(...shown.map(([name]) => name.length));
    for (const [name, value = '', meaning] of shown) {
      const [first = '', ...more] = wrap(printable(value), this.width - width - GAP.length);
      const painted = meaning === undefined ? first : this.paint(meaning, first);
      this.line(`${this.paint('faint', name.padEnd(width))}${GAP}${painted}`);
      for (const line of more) this.line(`${' '.repeat(width)}${GAP}${line}`);
    }
  }

  /** On stderr, whatever was asked for: one JSON document for scripts. */
  error(words: string, hint: string | undefined, document: unknown): void {
    if (this.isJson) {
      this.stderr.write(`${jsonText({ error: document })}\n`);
      return;
    }
    this.stderr.write(`${this.#paintNote('bad', 'error:')} ${words}\n`);
    if (hint !== undefined) this.stderr.write(`${hint}\n`);
  }
}
