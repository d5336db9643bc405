const MIB = 1_048_576;

/**
 * A batch that unpacks to more is not read. It is sixteen times what a topic takes of a batch as it is stored (4 MiB); our own producers fill
 * batches with 256 KiB before they compress them, and others with a few MiB at most unless they are told to do otherwise.
 */
export const MAX_UNPACKED_BYTES = 64 * MIB;

/** An object for each, beside the bytes: of records without content a batch can hold millions. */
const MAX_RECORDS = 100_000;

/**
 * What one answer to a fetch may unfold into. A batch is begun as long as something is left, so that one always gets through, and an answer
 * never comes to twice the bound; the rest is read as if the broker had not sent it yet, and fetched again.
 */
export class FetchBudget {
  #unpackedBytes = 0;
  #records = 0;

  get isSpent(): boolean {
    return this.#unpackedBytes >= MAX_UNPACKED_BYTES || this.#records >= MAX_RECORDS;
  }

  get recordsLeft(): number {
    return MAX_RECORDS - this.#records;
  }

  spendBytes(unpackedBytes: number): void {
    this.#unpackedBytes += unpackedBytes;
  }

  spendRecords(count: number): void {
    this.#records += count;
  }
}
