import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Inject, Injectable } from '@nestjs/common';

export const CONSOLE_DIRECTORY = Symbol('where the built console lies');

/** One file of the console, as it is sent. */
export interface ConsoleFile {
  readonly type: string;
  readonly body: Buffer;
  /** The same, compressed; undefined where that saves nothing. */
  readonly gzipped: Buffer | undefined;
  /** RFC 9110 §8.8.3. */
  readonly etag: string;
  /** Its name changes with its content: whoever has it need never ask again. */
  readonly isImmutable: boolean;
}

const INDEX = 'index.html';
/** Vite puts what it names by its hash there. */
const HASHED = /^assets\//;
const MAX_TOTAL_BYTES = 64 * 1_024 * 1_024;
const MIN_GZIP_BYTES = 1_024;
const OCTETS = 'application/octet-stream';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};
const COMPRESSED_ALREADY = /^(image\/(png|x-icon)|font\/|application\/octet-stream)/;

/**
 * The built console, held in memory: a request's path is looked up among the names that were found, and never leads to the disk, so that
 * nothing beside them can be asked for. Read anew when it was built again.
 */
@Injectable()
export class ConsoleFiles {
  #files: ReadonlyMap<string, ConsoleFile> = new Map();
  #builtAtMs: number | undefined;
  #reading: Promise<void> | undefined;

  constructor(@Inject(CONSOLE_DIRECTORY) private readonly directory: string) {}

  /** The page that every address of the console begins with; undefined when it was not built. */
  async page(): Promise<ConsoleFile | undefined> {
    await this.#refresh();
    return this.#files.get(INDEX);
  }

  /** @param name within the console, `/` between its parts */
  async file(name: string): Promise<ConsoleFile | undefined> {
    if (this.#builtAtMs === undefined) await this.#refresh();
    return this.#files.get(name);
  }

  /** Many may ask at once; one looks. */
  #refresh(): Promise<void> {
    return (this.#reading ??= this.#look().finally(() => (this.#reading = undefined)));
  }

  async #look(): Promise<void> {
    const builtAtMs = await stat(path.join(this.directory, INDEX)).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (builtAtMs === this.#builtAtMs) return;
    this.#files = builtAtMs === undefined ? new Map() : await readAll(this.directory);
    this.#builtAtMs = builtAtMs;
  }
}

/** Plain files only: a link could lead anywhere. */
async function readAll(directory: string): Promise<Map<string, ConsoleFile>> {
  const files = new Map<string, ConsoleFile>();
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  let total = 0;
  for (const entry of entries) {
    const place = path.join(entry.parentPath, entry.name);
    const name = path.relative(directory, place).split(path.sep).join('/');
    // Source maps are for whoever has the sources.
    if (!entry.isFile() || name.endsWith('.map')) continue;
    const body = await readFile(place);
    total += body.length;
    if (total > MAX_TOTAL_BYTES) throw new RangeError(`the console in ${directory} is larger than any build of it`);
    files.set(name, await fileOf(name, body));
  }
  return files;
}

async function fileOf(name: string, body: Buffer): Promise<ConsoleFile> {
  const type = TYPES[path.posix.extname(name)] ?? OCTETS;
  const gzipped =
    body.length < MIN_GZIP_BYTES || COMPRESSED_ALREADY.test(type) ? undefined : await promisify(gzip)(body);
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { type, body, gzipped, etag: `"${digest}"`, isImmutable: HASHED.test(name) };
}
