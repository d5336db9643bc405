import { newPrn, type Prn } from '@fleethook/events';

export interface Balance {
  /** Accepted by the intake. */
  readonly accepted: number;
  /** Accepted and never received. */
  readonly missing: readonly string[];
  /** Received more often than once, each repeat counted. */
  readonly duplicates: number;
  /** Received without having been accepted: sent, but the reply was lost. */
  readonly unconfirmed: number;
}

/** Counts what was accepted against what arrived, so that loss and duplicates are figures and not impressions. */
export class Ledger {
  readonly #accepted = new Set<string>();

  constructor(private readonly organization: Prn<'organization'>) {}

  /** Names for further events; the producer gives them, so that it may send again what was not answered. */
  issue(count: number): Prn<'event'>[] {
    return Array.from({ length: count }, () => newPrn(this.organization, 'event'));
  }

  confirm(prns: Iterable<string>): void {
    for (const prn of prns) this.#accepted.add(prn);
  }

  get accepted(): ReadonlySet<string> {
    return this.#accepted;
  }

  balance(received: readonly string[]): Balance {
    const counts = new Map<string, number>();
    for (const prn of received) counts.set(prn, (counts.get(prn) ?? 0) + 1);
    const repeats = [...counts].filter(([prn]) => this.#accepted.has(prn)).map(([, count]) => count - 1);
    return {
      accepted: this.#accepted.size,
      missing: [...this.#accepted].filter((prn) => !counts.has(prn)),
      duplicates: repeats.reduce((sum, count) => sum + count, 0),
      unconfirmed: [...counts.keys()].filter((prn) => !this.#accepted.has(prn)).length,
    };
  }
}
