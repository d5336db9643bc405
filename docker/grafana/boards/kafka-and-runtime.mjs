import { board } from './board.mjs';
import { kafkaRows } from './kafka-rows.mjs';
import { runtimeRows } from './runtime-rows.mjs';

/** The machinery. */
export const kafkaAndRuntime = board({
  uid: 'fleethook-kafka-runtime',
  title: 'Kafka and runtime',
  description: 'The machinery: consumers, windows, commits, clients, processes, and the control plane.',
  rows: [...kafkaRows, ...runtimeRows],
});
