export type KafkaProperties = Readonly<Record<string, string | number | boolean>>;

export interface KafkaNodeSettings {
  readonly port: number;
  readonly controllerPort: number;
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

/** As Java reads them; a line break within a value is written `\\n`. */
export function propertiesText(properties: KafkaProperties): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${String(value).replaceAll('\n', String.raw`\n`)}\n`)
    .join('');
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
