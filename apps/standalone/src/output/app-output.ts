import { RotatingFile } from '@fleethook/infrastructure';
import type { Terminal } from './terminal.js';
import { ERROR, parseWideEvent, renderWideEvent, WARN } from './wide-event.js';

const NEW_LINE = 10;
/** What is shown of one app; a busy one logs thousands of lines a second, and each costs a parse. */
const MAX_LINES_PER_SECOND = 20;
const MAX_LINE_BYTES = 262_144;
const FATAL = 60;

/** Takes what one app prints: all of it goes to its log file, a little of it to the terminal. */
export class AppOutput {
  /** While everything starts at once each waits for the others, and warns that it does: that is nothing to look at. */
  private leastLevel = ERROR;
  private rest: Buffer = Buffer.alloc(0);
  private second = 0;
  private shown = 0;
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
    for (let from = 0; from < lines.length;) {
      if (!this.mayShow()) return;
      const found = lines.indexOf(NEW_LINE, from);
      const end = found === -1 ? lines.length : found;
      this.showLine(lines.toString('utf8', from, end));
      from = end + 1;
    }
  }

  private mayShow(): boolean {
    const second = Math.floor(this.now() / 1_000);
    if (second !== this.second) {
      this.second = second;
      this.shown = 0;
    }
    return this.shown++ < MAX_LINES_PER_SECOND;
  }

  private showLine(line: string): void {
    const event = parseWideEvent(line);
    if (event !== undefined && event.level >= FATAL) this.fault = event.message;
    if (event === undefined && line.trim() !== '') this.fault = line.trim();
    const shown =
      this.terminal.format === 'json' || event === undefined
        ? line
        : renderWideEvent(event, this.terminal.colours, this.leastLevel);
    if (shown !== undefined && shown.trim() !== '') this.terminal.line(shown);
  }
}
