/** Collects a statement's parameters as its text is written. */
export class Parameters {
  readonly values: unknown[] = [];

  /** @returns its place in the text: `$1` */
  add(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}
