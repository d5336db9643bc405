import type { GoingReplay } from '@fleethook/store';

export interface TurnLimits {
  /** At once in this process, and of one organization: the others wait for their turn. */
  readonly maxRunning: number;
  readonly maxRunningPerOrganization: number;
  /** So long a run has its turn however many wait. */
  readonly turnMs: number;
}

type Replay = Pick<GoingReplay, 'prn' | 'organizationPrn' | 'source'>;

/** A run that has its turn. */
export interface Holder {
  readonly replay: Replay;
  readonly sinceMs: number;
}

/** Who runs next, and who makes room for those that wait: a slow replay of a week must not have others wait for days. */
export class Turns {
  /** In the order in which they made room. A process that leads anew knows of none, and begins in the order of their making. */
  readonly #behind = new Set<string>();

  constructor(private readonly limits: TurnLimits) {}

  /** First those that have had no turn yet, of these a bookmark's: its webhook misses what is to come first. Then those that made room. */
  inOrder<R extends Replay>(going: readonly R[]): R[] {
    const prns = new Set<string>(going.map(({ prn }) => prn));
    for (const prn of this.#behind) if (!prns.has(prn)) this.#behind.delete(prn);
    const places = new Map([...this.#behind].map((prn, place) => [prn, place + 1]));
    const placeOf = ({ prn, source }: R): number => places.get(prn) ?? (source === 'bookmark' ? -1 : 0);
    return going.toSorted((left, right) => placeOf(left) - placeOf(right));
  }

  hasRoom({ organizationPrn }: Replay, holders: readonly Holder[]): boolean {
    const { maxRunning, maxRunningPerOrganization } = this.limits;
    return holders.length < maxRunning && ofOrganization(organizationPrn, holders).length < maxRunningPerOrganization;
  }

  /**
   * Whoever has had its turn for longest, and long enough; for a bookmark that has had none any other kind at once. It goes behind all
   * that wait. @param waiting for which there is no room @returns undefined: nobody has to
   */
  makeRoom(waiting: Replay, holders: readonly Holder[], nowMs: number): Holder | undefined {
    const { maxRunningPerOrganization, turnMs } = this.limits;
    const own = ofOrganization(waiting.organizationPrn, holders);
    const inTheWay = own.length < maxRunningPerOrganization ? holders : own;
    const isUrgent = waiting.source === 'bookmark' && !this.#behind.has(waiting.prn);
    const [longest] = inTheWay
      .filter(({ replay, sinceMs }) => nowMs - sinceMs >= turnMs || (isUrgent && replay.source !== 'bookmark'))
      .toSorted((left, right) => left.sinceMs - right.sinceMs);
    if (longest === undefined) return undefined;
    // Anew, at the end.
    this.#behind.delete(longest.replay.prn);
    this.#behind.add(longest.replay.prn);
    return longest;
  }
}

function ofOrganization(organization: string, holders: readonly Holder[]): Holder[] {
  return holders.filter(({ replay }) => replay.organizationPrn === organization);
}
