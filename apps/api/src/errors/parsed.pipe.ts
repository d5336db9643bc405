import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { parsed } from './parsed.js';

/** A body or a query as its schema reads it. @throws InvalidFields */
export class ParsedPipe<T> implements PipeTransform<unknown, T> {
  /** @param schema also read by the API's document */
  constructor(readonly schema: z.ZodType<T>) {}

  transform(value: unknown): T {
    return parsed(this.schema, value);
  }
}
