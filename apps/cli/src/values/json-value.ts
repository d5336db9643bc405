import { readFileSync } from 'node:fs';
import { UsageError } from '../running/cli-error.js';

export type JsonRecord = Record<string, unknown>;

/**
 * A JSON object on the command line: itself, `@file`, or `@-` for what comes on stdin.
 * @throws UsageError naming what cannot be read
 */
export function parseJsonObject(text: string): JsonRecord {
  const value = parseJson(text.startsWith('@') ? readText(text.slice(1)) : text);
  if (!isRecord(value)) throw new UsageError('It must be a JSON object.');
  return value;
}

/** A file's text; `-` is stdin. @throws UsageError */
export function readText(file: string): string {
  return readBytes(file).toString('utf8');
}

/** A file as it is; `-` is stdin. @throws UsageError */
export function readBytes(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    throw new UsageError(`${file === '-' ? 'stdin' : file} cannot be read: ${reasonOf(error)}.`);
  }
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`It is not JSON: ${reasonOf(error)}.`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EISDIR: 'it is a folder',
};

/** Why a file cannot be used, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return (
    (typeof code === 'string' ? REASONS[code] : undefined) ?? (typeof message === 'string' ? message : String(error))
  );
}
