import { connect } from 'node:net';
import { InfrastructureError } from './infrastructure-error.js';
import { waitUntil } from './probe/wait-until.js';

const ANSWER_WITHIN_MS = 30_000;
const CONNECT_TIMEOUT_MS = 2_000;

/** Waits until one of the brokers accepts a connection. @throws InfrastructureError ADDRESS_SILENT */
export async function awaitBrokers(brokers: readonly string[], signal: AbortSignal): Promise<void> {
  const anyAccepts = async (): Promise<boolean> => {
    const answers = await Promise.all(brokers.map((broker) => accepts(...hostAndPort(broker))));
    return answers.includes(true);
  };
  if (!(await waitUntil(anyAccepts, { withinMs: ANSWER_WITHIN_MS, giveUp: () => signal.aborted }))) {
    throw silent(`Kafka does not answer at ${brokers.join(', ')}`, 'KAFKA_BROKERS');
  }
}

/** @throws InfrastructureError ADDRESS_SILENT */
export async function awaitDatabase(databaseUrl: string, signal: AbortSignal): Promise<void> {
  const { hostname, port } = new URL(databaseUrl);
  const at: [string, number] = [hostname.replaceAll(/^\[|\]$/g, ''), port === '' ? 5_432 : Number(port)];
  if (!(await waitUntil(() => accepts(...at), { withinMs: ANSWER_WITHIN_MS, giveUp: () => signal.aborted }))) {
    throw silent(`PostgreSQL does not answer at ${at.join(':')}`, 'DATABASE_URL');
  }
}

function silent(what: string, variable: string): InfrastructureError {
  return new InfrastructureError(
    'ADDRESS_SILENT',
    `${what}: start it, correct ${variable}, or unset it to have one started here.`,
  );
}

function hostAndPort(broker: string): [string, number] {
  const colon = broker.lastIndexOf(':');
  return [broker.slice(0, colon), Number(broker.slice(colon + 1))];
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
