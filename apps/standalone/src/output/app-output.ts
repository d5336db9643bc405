import { RotatingFile } from '@fleethook/infrastructure';
import type { Terminal } from './terminal.js';
import { ERROR, parseWideEvent, renderWideEvent, WARN } from './wide-event.js';

const NEW_LINE = 10;
/** What a person is shown of one app; a busy one logs thousands of lines a second, and each costs a parse. */
const MAX_LINES_PER_SECOND = 20;
const MAX_LINE_BYTES = 262_144;
const FATAL = 60;
/** How each line of an app begins; two digits follow. */
const LEVEL = '{"level":';

/**
 * Takes what one app prints. All of it goes to its log file, and to standard output where that is not a person's; a person is shown a little
 * of it, for which what is worth a warning does not stand behind what is not.
 */
export class AppOutput {
  /** While everything starts at once each waits for the others, and warns that it does: that is nothing to look at. */
  private leastLevel = ERROR;
  private rest: Buffer = Buffer.alloc(0);
  private readonly news = new SecondsShare(MAX_LINES_PER_SECOND);
  private readonly warnings = new SecondsShare(MAX_LINES_PER_SECOND);
  private fault: string | undefined;
  private readonly file: RotatingFile;

  constructor(
    logFile: string,
    private readonly terminal: Terminal,
    private readonly now: () => number = Date.now,
  ) {
    this.file = new RotatingFile(logFile, undefined, terminal.say);
  }

  /** The last reason that it gave for ending, once. */
  takeFault(): string | undefined {
    const { fault } = this;
    this.fault = undefined;
    return fault;
  }

  /** From now on a warning is worth showing. */
  hasStarted(): void {
    this.leastLevel = WARN;
  }

  write(chunk: Buffer): void {
    const all = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const end = all.lastIndexOf(NEW_LINE) + 1;
    // Whole lines only, so that a log file never begins in the middle of one; a line without an end is cut somewhere.
    const whole = end === 0 && all.length > MAX_LINE_BYTES ? all : all.subarray(0, end);
    this.rest = Buffer.from(all.subarray(whole.length));
    if (whole.length === 0) return;
    this.file.write(whole);
    this.show(whole);
  }

  close(): void {
    this.file.close();
  }

  private show(lines: Buffer): void {
    const isForMachines = this.terminal.format === 'json';
    if (isForMachines) this.terminal.write(lines);
    for (let from = 0; from < lines.length;) {
      const found = lines.indexOf(NEW_LINE, from);
      const end = found === -1 ? lines.length : found;
      const level = levelAt(lines, from);
      if (isForMachines ? level >= FATAL : this.mayShow(level)) this.lookAt(lines.toString('utf8', from, end));
      from = end + 1;
    }
  }

  private mayShow(level: number): boolean {
    return (level < WARN ? this.news : this.warnings).take(Math.floor(this.now() / 1_000));
  }

  private lookAt(line: string): void {
    const event = parseWideEvent(line);
    if (event !== undefined && event.level >= FATAL) this.fault = event.message;
    if (event === undefined && line.trim() !== '') this.fault = line.trim();
    if (this.terminal.format === 'json') return;
    const shown = event === undefined ? line : renderWideEvent(event, this.terminal.colours, this.leastLevel);
    if (shown !== undefined && shown.trim() !== '') this.terminal.line(shown);
  }
}

/** Above all others where a line is none of an app's: a crash tells no level. */
function levelAt(lines: Buffer, from: number): number {
  const begin = lines.toString('latin1', from, from + LEVEL.length + 2);
  return begin.startsWith(LEVEL) ? Number(begin.slice(LEVEL.length)) : Infinity;
}

/** So many in each second. */
class SecondsShare {
  #second = 0;
  #taken = 0;

  constructor(private readonly most: number) {}

  take(second: number): boolean {
    if (second !== this.#second) {
      this.#second = second;
      this.#taken = 0;
    }
    return this.#taken++ < this.most;
  }
}
