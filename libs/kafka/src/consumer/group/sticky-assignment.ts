export interface AssignableMember {
  readonly id: string;
  readonly topics: ReadonlySet<string>;
  /** What it had in the last assignment. */
  readonly owned: Readonly<Record<string, readonly number[]>>;
}

export interface AssignableTopic {
  readonly name: string;
  readonly partitions: readonly number[];
}

interface Share {
  readonly member: AssignableMember;
  readonly assigned: Record<string, number[]>;
  /** Partitions above an even share, over all topics: there is one too many somewhere, but not always for the same member. */
  extras: number;
}

/**
 * Shares each topic evenly (counts differ by one at most) and leaves partitions where they are as far as that allows: what does not move
 * need not be handed over. The same for the same input, whoever computes it.
 */
export function assignSticky(
  members: readonly AssignableMember[],
  topics: readonly AssignableTopic[],
): Map<string, Record<string, number[]>> {
  const shares = members
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((member): Share => ({ member, assigned: {}, extras: 0 }));
  const sorted = topics.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const subscribers = new Map(sorted.map(({ name }) => [name, shares.filter(({ member }) => member.topics.has(name))]));
  let extras = 0;
  for (const { name, partitions } of sorted) extras += partitions.length % (subscribers.get(name)?.length ?? 1);
  const maxExtras = Math.ceil(extras / Math.max(1, shares.length));
  for (const topic of sorted) shareOut(topic, subscribers.get(topic.name) ?? [], maxExtras);
  return new Map(shares.map(({ member, assigned }) => [member.id, assigned]));
}

function shareOut({ name, partitions }: AssignableTopic, shares: readonly Share[], maxExtras: number): void {
  if (shares.length === 0) return;
  const even = Math.floor(partitions.length / shares.length);
  let extrasLeft = partitions.length % shares.length;
  const free = new Set(partitions);
  for (const share of shares) share.assigned[name] = keep(share.member.owned[name] ?? [], free, even);
  // Whoever had one more keeps it, while somebody must have it and it is not always the same.
  for (const share of shares) {
    if (extrasLeft === 0 || share.extras >= maxExtras) continue;
    const kept = keep(share.member.owned[name] ?? [], free, 1);
    share.assigned[name]?.push(...kept);
    share.extras += kept.length;
    extrasLeft -= kept.length;
  }
  for (const partition of free) {
    const share = shares.reduce((least, other) => (isBefore(other, least, name) ? other : least));
    const mine = (share.assigned[name] ??= []);
    if (mine.length >= even) share.extras++;
    mine.push(partition);
  }
}

/** Takes up to so many of them, as far as they are still free. */
function keep(owned: readonly number[], free: Set<number>, limit: number): number[] {
  const kept: number[] = [];
  for (const partition of owned) if (kept.length < limit && free.delete(partition)) kept.push(partition);
  return kept;
}

function isBefore(one: Share, other: Share, topic: string): boolean {
  const difference = (one.assigned[topic]?.length ?? 0) - (other.assigned[topic]?.length ?? 0);
  return difference === 0 ? one.extras < other.extras : difference < 0;
}
