/** What a user may be allowed to do with a topic, a group or the cluster: Kafka's `AclOperation`, the ones that matter to us, by code. */
const CODES = { read: 3, write: 4, create: 5, describe: 8, describe_configs: 10 } as const;
export type Operation = keyof typeof CODES;

/** @param bits one per operation (KIP-430); the least integer: the broker does not say */
export function operationsOf(bits: number): ReadonlySet<Operation> {
  const all = Object.entries(CODES) as [Operation, number][];
  return new Set(all.filter(([, code]) => ((bits >>> code) & 1) === 1).map(([operation]) => operation));
}
