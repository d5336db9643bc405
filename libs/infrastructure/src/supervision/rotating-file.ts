import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';

/**
 * A log file that never grows beyond twice its bound: when `<file>` is full it becomes `<file>.1`, which replaces the one before.
 * Writes are synchronous: they are few, and what was written last before an end matters most.
 */
export class RotatingFile {
  private descriptor: number;
  private size: number;

  constructor(
    private readonly file: string,
    private readonly maxBytes: number = 20 * 1_048_576,
  ) {
    mkdirSync(path.dirname(file), { recursive: true });
    this.descriptor = openSync(file, 'a', 0o600);
    this.size = statSync(file).size;
  }

  write(chunk: string | Uint8Array): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (this.size > 0 && this.size + bytes.byteLength > this.maxBytes) this.rotate();
    writeSync(this.descriptor, bytes);
    this.size += bytes.byteLength;
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private rotate(): void {
    closeSync(this.descriptor);
    renameSync(this.file, `${this.file}.1`);
    this.descriptor = openSync(this.file, 'a', 0o600);
    this.size = 0;
  }
}
