export type KafkaProperties = Readonly<Record<string, string | number | boolean>>;

export interface KafkaNodeSettings {
  readonly port: number;
  readonly controllerPort: number;
  /** From the node's own folder, and of plain letters: Kafka splits it at commas, and a folder above may have any name. */
  readonly logDir: string;
}

/** server.properties of one node that is broker and controller at once, on loopback. */
export function kafkaProperties({ port, controllerPort, logDir }: KafkaNodeSettings): string {
  const properties: KafkaProperties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    listeners: `CLIENT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'CLIENT',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
    'log.dirs': logDir,
    ...SINGLE_NODE,
  };
  return propertiesText(properties);
}

/** As Java reads them, in ISO 8859-1; a line break within a value is written `\\n`, and a letter beyond ASCII `\\uXXXX`. */
export function propertiesText(properties: KafkaProperties): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${escaped(String(value))}\n`)
    .join('');
}

function escaped(value: string): string {
  return value
    .replaceAll('\n', String.raw`\n`)
    .replaceAll(/[^ -~]/g, (unit) => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What a cluster of one needs, wherever it runs: nothing is replicated, and nobody else is waited for. */
export const SINGLE_NODE: KafkaProperties = {
  'auto.create.topics.enable': false,
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 4,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'group.initial.rebalance.delay.ms': 0,
};
