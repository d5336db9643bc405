import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../infrastructure-error.js';
import type { Say } from '../infrastructure.js';

const toErrorOutput: Say = (sentence) => {
  process.stderr.write(`${sentence}\n`);
};

/**
 * A log file that never grows beyond twice its bound: when `<file>` is full it becomes `<file>.1`, which replaces the one before.
 * Writes are synchronous: they are few, and what was written last before an end matters most. What a full disk does not take is left out:
 * nobody is stopped for the sake of a log.
 */
export class RotatingFile {
  private descriptor: number | undefined;
  private size: number;
  private isFailing = false;

  /** @param say once when lines are left out, and once when they are written again */
  constructor(
    private readonly file: string,
    private readonly maxBytes: number = 20 * 1_048_576,
    private readonly say: Say = toErrorOutput,
  ) {
    mkdirSync(path.dirname(file), { recursive: true });
    this.descriptor = openSync(file, 'a', 0o600);
    this.size = statSync(file).size;
  }

  write(chunk: string | Uint8Array): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    try {
      this.append(bytes);
    } catch (error) {
      this.fails(error);
      return;
    }
    if (this.isFailing) this.say(`${this.file} is written again.`);
    this.isFailing = false;
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private append(bytes: Uint8Array): void {
    if (this.size > 0 && this.size + bytes.byteLength > this.maxBytes) this.rotate();
    this.descriptor ??= openSync(this.file, 'a', 0o600);
    // A disk that is nearly full takes a part.
    for (let written = 0; written < bytes.byteLength;) {
      const more = writeSync(this.descriptor, bytes, written);
      written += more;
      this.size += more;
    }
  }

  private rotate(): void {
    this.close();
    renameSync(this.file, `${this.file}.1`);
    this.size = 0;
  }

  private fails(error: unknown): void {
    if (!this.isFailing) this.say(`${this.file} cannot be written, its lines are left out: ${messageOf(error)}`);
    this.isFailing = true;
  }
}
