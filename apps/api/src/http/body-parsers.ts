import { HttpStatus } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { repeatedKeyOf } from '@fleethook/events';
import { Refusal } from '../errors/problems.js';
import { textOf } from '../errors/api-error.filter.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Fastify knows a parser of its own for `text/plain`; `*` is what nobody has one for. */
const OTHER_TYPES = ['application/x-www-form-urlencoded', 'text/plain', '*'];

/**
 * JSON in UTF-8 (RFC 8259 §8.1), and nothing else: what is no UTF-8 would be kept with other letters than were meant. No body is no error,
 * whatever content type comes with it: Peridio's client sends POSTs without a body, a content type or a length.
 */
export function useJsonBodies(app: NestFastifyApplication): void {
  app.useBodyParser('application/json', {}, (request, body, done) => {
    try {
      done(null, readJson(body, request.headers['content-type']));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
  for (const type of OTHER_TYPES) {
    app.useBodyParser(type, {}, (_request, body, done) => {
      done(body.length === 0 ? null : refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE), undefined);
    });
  }
}

/** @throws Refusal 400, 415 */
function readJson(body: Buffer, contentType: string | undefined): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(contentType)) throw refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
  const value = parseJson(body);
  const repeatedKey = value === undefined ? undefined : repeatedKeyOf(body, value);
  if (repeatedKey !== undefined)
    throw new Refusal(HttpStatus.BAD_REQUEST, `The request is malformed: ${repeatedKey} is given more than once`);
  return value;
}

function parseJson(body: Buffer): unknown {
  try {
    const text = UTF8.decode(body);
    return text.trim() === '' ? undefined : JSON.parse(text);
  } catch {
    throw refusal(HttpStatus.BAD_REQUEST);
  }
}

/** By its charset, where it names one; US-ASCII is a part of UTF-8. */
function isUtf8(contentType = ''): boolean {
  const [, charset] = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType) ?? [];
  return charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset);
}

const refusal = (status: number): Refusal => new Refusal(status, textOf(status));
