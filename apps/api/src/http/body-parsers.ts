import { HttpStatus } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Refusal } from '../errors/problems.js';
import { textOf } from '../errors/api-error.filter.js';

/**
 * JSON, and nothing else. No body is no error, whatever content type comes with it: Peridio's client sends POSTs without a body, a
 * content type or a length.
 */
export function useJsonBodies(app: NestFastifyApplication): void {
  app.useBodyParser('application/json', {}, (_request, body, done) => {
    const text = body.toString('utf8');
    if (text.trim() === '') {
      done(null, undefined);
      return;
    }
    try {
      done(null, JSON.parse(text));
    } catch {
      done(refusal(HttpStatus.BAD_REQUEST), undefined);
    }
  });
  for (const type of ['application/x-www-form-urlencoded', '*']) {
    app.useBodyParser(type, {}, (_request, body, done) => {
      done(body.length === 0 ? null : refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE), undefined);
    });
  }
}

const refusal = (status: number): Refusal => new Refusal(status, textOf(status));
