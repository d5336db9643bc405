import { HttpStatus } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
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
  app.useBodyParser('application/json', {}, ({ headers }, body, done) => {
    if (body.length > 0 && !isUtf8(headers['content-type'])) {
      done(refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE), undefined);
      return;
    }
    try {
      const text = UTF8.decode(body);
      done(null, text.trim() === '' ? undefined : JSON.parse(text));
    } catch {
      done(refusal(HttpStatus.BAD_REQUEST), undefined);
    }
  });
  for (const type of OTHER_TYPES) {
    app.useBodyParser(type, {}, (_request, body, done) => {
      done(body.length === 0 ? null : refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE), undefined);
    });
  }
}

/** By its charset, where it names one; US-ASCII is a part of UTF-8. */
function isUtf8(contentType = ''): boolean {
  const [, charset] = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType) ?? [];
  return charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset);
}

const refusal = (status: number): Refusal => new Refusal(status, textOf(status));
