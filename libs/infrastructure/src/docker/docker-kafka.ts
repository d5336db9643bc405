import { SINGLE_NODE } from '../embedded/kafka-properties.js';
import type { Say } from '../infrastructure.js';
import { HEAP, QUICK_COMPILER } from '../kafka-jvm.js';
import { isKafkaReady } from '../probe/kafka-metadata.js';
import type { Launched } from '../supervision/kept-running.js';
import type { DockerEngine } from './docker-engine.js';
import { launchContainer } from './launch-container.js';

const IMAGE = 'apache/kafka:4.1.0';
const DATA = '/var/lib/kafka/data';

export interface DockerServiceOptions {
  readonly engine: DockerEngine;
  readonly port: number;
  /** Undefined: the data goes with the container. */
  readonly volume: string | undefined;
  readonly say: Say;
}

/** One Kafka node that tells its clients the address under which they reached it. */
export function launchDockerKafka(
  options: DockerServiceOptions & { clusterId: string },
  signal: AbortSignal,
): Promise<Launched> {
  const { engine, port, say } = options;
  const [controllerPort, insidePort] = port === 9_093 || port === 9_094 ? [9_095, 9_096] : [9_093, 9_094];
  const properties: Readonly<Record<string, string | number | boolean>> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    // The node itself may not reach the address that its clients use: it has a listener of its own.
    listeners: `CLIENT://:${port},INSIDE://:${insidePort},CONTROLLER://:${controllerPort}`,
    'advertised.listeners': `CLIENT://${engine.host}:${port},INSIDE://localhost:${insidePort}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INSIDE',
    'controller.quorum.voters': `1@localhost:${controllerPort}`,
    'log.dirs': DATA,
    ...SINGLE_NODE,
  };
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(properties)) {
    environment[`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`] = String(value);
  }
  return launchContainer(
    {
      engine,
      port,
      say,
      service: 'Kafka',
      image: IMAGE,
      environment: {
        ...environment,
        CLUSTER_ID: options.clusterId,
        KAFKA_HEAP_OPTS: HEAP.join(' '),
        KAFKA_OPTS: QUICK_COMPILER,
      },
      ...(options.volume !== undefined && { volume: { name: options.volume, target: DATA } }),
      isReady: () => isKafkaReady(engine.host, port),
      processMark: 'kafka.Kafka',
    },
    signal,
  );
}
