import { FieldErrorList, pointerTo, type FieldErrors } from '../field-errors.js';
import { numberFault } from './json-number.js';

/**
 * Names what in a JSON text would not survive `JSON.stringify(JSON.parse(text))`: keys given twice, numbers that a double cannot keep,
 * lone surrogates. Exact and slow: it runs only when a scan found a reason.
 * @param text valid JSON of bounded depth
 * @returns undefined when all survives
 */
export function findJsonFaults(text: string): FieldErrors | undefined {
  const walk = new Walk(text);
  walk.value('');
  return walk.faults.errors;
}

/** @returns the pointer of the first key that an object of a valid JSON text of bounded depth has more than once */
export function findRepeatedKey(text: string): string | undefined {
  const walk = new Walk(text);
  walk.value('');
  return walk.repeatedKey;
}

const SCALAR = /[^\s,\]}]+/y;
const BLANK = /\s*/y;

class Walk {
  readonly faults = new FieldErrorList();
  /** Beside the faults, of which only so many are kept. */
  repeatedKey: string | undefined;
  #at = 0;

  constructor(private readonly text: string) {}

  value(pointer: string): void {
    const first = this.#peek();
    if (first === '{') this.#object(pointer);
    else if (first === '[') this.#array(pointer);
    else if (first === '"') this.#string(pointer);
    else {
      const token = this.#take(SCALAR);
      const fault = /^[-\d]/.test(token) ? numberFault(token) : undefined;
      if (fault !== undefined) this.faults.add(pointer, fault);
    }
  }

  #object(pointer: string): void {
    const keys = new Set<string>();
    this.#at += 1;
    while (this.#peek() !== '}') {
      if (this.#peek() === ',') this.#at += 1;
      this.#peek();
      const key = this.#takeString();
      const inner = pointerTo(pointer, key);
      if (keys.has(key)) {
        this.faults.add(inner, 'is given more than once');
        this.repeatedKey ??= inner;
      }
      keys.add(key);
      if (!key.isWellFormed()) this.faults.add(pointer, 'has a key with half of a surrogate pair');
      this.#peek();
      this.#at += 1;
      this.value(inner);
    }
    this.#at += 1;
  }

  #array(pointer: string): void {
    this.#at += 1;
    for (let index = 0; this.#peek() !== ']'; index += 1) {
      if (this.#peek() === ',') this.#at += 1;
      this.value(pointerTo(pointer, index));
    }
    this.#at += 1;
  }

  #string(pointer: string): void {
    const value = this.#takeString();
    if (!value.isWellFormed()) this.faults.add(pointer, 'holds half of a surrogate pair');
  }

  /** By hand: a pattern that repeats a choice keeps a place on its stack for every character. */
  #takeString(): string {
    const start = this.#at;
    let end = start + 1;
    while (this.text.charAt(end) !== '"') end += this.text.charAt(end) === '\\' ? 2 : 1;
    this.#at = end + 1;
    return JSON.parse(this.text.slice(start, this.#at)) as string;
  }

  /** The next character that is not blank. */
  #peek(): string {
    this.#take(BLANK);
    return this.text.charAt(this.#at);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.text)?.[0] ?? '';
    this.#at += taken.length;
    return taken;
  }
}
