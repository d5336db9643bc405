import type { Readiness } from '@fleethook/observability';

type Reason = () => string | undefined;

/** A process may have several consumers, and they share the one probe `kafka`. */
const consumersOf = new WeakMap<Readiness, Set<Reason>>();

/** @param reason says why this consumer cannot work now, or undefined */
export function addConsumerProbe(readiness: Readiness, reason: Reason): void {
  const known = consumersOf.get(readiness);
  if (known !== undefined) {
    known.add(reason);
    return;
  }
  const reasons = new Set([reason]);
  consumersOf.set(readiness, reasons);
  readiness.add('kafka', () => {
    const all = [...reasons].map((one) => one()).filter((one) => one !== undefined);
    return all.length === 0 ? undefined : all.join('; ');
  });
}
