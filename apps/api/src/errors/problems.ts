import { HttpException, HttpStatus } from '@nestjs/common';

/** Messages by field, in the contract's 422 form: never a `detail` beside them, or Peridio's client would hide the fields. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** The request names something that cannot be: 422 with everything that is wrong at once. */
export class InvalidFields extends HttpException {
  /** @param beside `errors`, not in it: what more there is to say */
  constructor(
    readonly fields: FieldErrors,
    beside: Readonly<Record<string, unknown>> = {},
  ) {
    super({ errors: fields, ...beside }, HttpStatus.UNPROCESSABLE_ENTITY);
  }
}

/** Every other refusal: one sentence. */
export class Refusal extends HttpException {
  constructor(
    status: number,
    readonly detail: string,
    readonly retryAfterSeconds?: number,
  ) {
    super({ errors: { detail } }, status);
  }
}

/** What does not exist and what belongs to another organization look the same. */
export const notFound = (): Refusal => new Refusal(HttpStatus.NOT_FOUND, 'Not Found');

export const unavailable = (detail: string, retryAfterSeconds: number): Refusal =>
  new Refusal(HttpStatus.SERVICE_UNAVAILABLE, detail, retryAfterSeconds);
