import { internalOf } from '../kafkajs.js';
import { AbortedTransactions } from './aborted-transactions.js';
import { isRecordBatches } from './batch-header.js';
import type { DecodedRecord } from './decoded-record.js';
import { readFetchAnswer, type AnsweredPartition } from './fetch-answer.js';
import { FetchBudget } from './fetch-budget.js';
import { patchExchange, type RequestDefinition } from './patch-exchange.js';
import { decodeBatches } from './record-batch-decoder.js';

interface Exchange {
  readonly response: { decode(bytes: Buffer): Promise<unknown> };
}

interface FetchRequest {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string }[];
  }[];
}

/** The highest that the client speaks, and so what it speaks to any broker since 2.3. */
const VERSION = 11;

/**
 * Reads fetched records at a third of the client's cost, and any number of them: its own reader overflows the stack at some 100,000. And at a
 * batch that cannot be read the client's ends for good, where this one goes on; and what was aborted is left out, of which the client lets through some.
 */
export function patchFetch(): void {
  const definition = internalOf('protocol/requests/fetch') as RequestDefinition<FetchRequest, Exchange>;
  patchExchange(definition, VERSION, (exchange, request) => {
    const decode = async (bytes: Buffer): Promise<unknown> =>
      // Undefined: something of before Kafka 0.11 is among it.
      (await decodeFetch(bytes, request)) ?? exchange.response.decode(bytes);
    return { ...exchange, response: { ...exchange.response, decode } };
  });
}

async function decodeFetch(bytes: Buffer, request: FetchRequest): Promise<object | undefined> {
  const { topics, ...answer } = readFetchAnswer(bytes);
  const all = topics.flatMap(({ topicName, partitions }) =>
    partitions.map((answered) => ({ answered, fetchOffset: fetchOffsetOf(request, topicName, answered) })),
  );
  if (!all.every(({ answered }) => isRecordBatches(answered.records))) return undefined;
  const budget = new FetchBudget();
  const messages = new Map<AnsweredPartition, readonly DecodedRecord[]>();
  for (const { answered, fetchOffset } of inTurn(all)) {
    const range = { fetchOffset, highWatermark: BigInt(answered.header.highWatermark) };
    const aborted = new AbortedTransactions(answered.header.abortedTransactions);
    messages.set(answered, await decodeBatches(answered.records, range, aborted, budget));
  }
  const responses = topics.map(({ topicName, partitions }) => ({
    topicName,
    // What was aborted is gone already.
    partitions: partitions.map((answered) => ({
      ...answered.header,
      abortedTransactions: [],
      messages: messages.get(answered) ?? [],
    })),
  }));
  return { throttleTime: 0, ...answer, responses };
}

function fetchOffsetOf({ topics }: FetchRequest, topicName: string, { header }: AnsweredPartition): number {
  const asked = topics.find(({ topic }) => topic === topicName)?.partitions;
  return Number(asked?.find(({ partition }) => partition === header.partition)?.fetchOffset ?? 0);
}

/** From anywhere on: the first may spend all that an answer may cost, and must not do so every time. */
function inTurn<T>(all: readonly T[]): readonly T[] {
  const first = Math.floor(Math.random() * all.length);
  return [...all.slice(first), ...all.slice(0, first)];
}
