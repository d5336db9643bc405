import { beginningOf } from './json/well-formed.js';

/** What is wrong, by JSON pointer (RFC 6901); `""` is the event as a whole. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** An answer names at most so many faults of one event. */
const MAX_FAULTS = 20;
/** A key in a pointer is cut here: it may be as large as the event. */
const MAX_KEY_CHARACTERS = 200;

/** Collects faults by pointer, up to a bound. */
export class FieldErrorList {
  #errors: Record<string, string[]> | undefined;
  #count = 0;

  add(pointer: string, message: string): void {
    if (this.#count >= MAX_FAULTS) return;
    const messages = ((this.#errors ??= {})[pointer] ??= []);
    if (messages.includes(message)) return;
    this.#count += 1;
    messages.push(message);
  }

  get any(): boolean {
    return this.#count > 0;
  }

  get isFull(): boolean {
    return this.#count >= MAX_FAULTS;
  }

  /** Undefined when there is no fault. */
  get errors(): FieldErrors | undefined {
    return this.#errors;
  }
}

/** One step down: RFC 6901 §3 writes `~` as `~0` and `/` as `~1`. */
export function pointerTo(parent: string, key: string | number): string {
  const text = String(key);
  const step = text.length > MAX_KEY_CHARACTERS ? `${beginningOf(text, MAX_KEY_CHARACTERS)}…` : text.toWellFormed();
  return `${parent}/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
