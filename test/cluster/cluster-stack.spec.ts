import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ComposeStack } from '../e2e/compose/compose-stack.js';
import { buildImage, docker, findCompose } from '../e2e/compose/docker.js';
import { StackFlow } from '../e2e/compose/stack-flow.js';

const APPS = ['ingest', 'router', 'delivery', 'recorder', 'api'];
const BROKERS = ['kafka', 'kafka-2', 'kafka-3'];
const UP_MS = 1_200_000;

const compose = await findCompose();
if (compose === undefined)
  process.stderr.write('No Docker engine with Compose answers: the cluster stack is not tested.\n');
const withDocker = compose === undefined ? describe.skip : describe;

withDocker('the stack with three brokers', () => {
  let stack: ComposeStack;
  let image = '';

  beforeAll(async () => {
    stack = await ComposeStack.create(compose ?? ['docker'], ['compose.yaml', 'compose.cluster.yaml'], {
      KAFKA_SESSION_TIMEOUT: '20s',
      HEALTH_INTERVAL: '3s',
      RETRY_SCHEDULE: '1s,2s,4s',
    });
    image = `fleethook:${stack.project}`;
    await buildImage(image, 'cluster');
    stack.use(image);
  }, UP_MS);

  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
    await docker('rmi', '--force', image);
  }, UP_MS);

  it(
    'shares the work, and loses nothing when a broker is killed under load',
    async () => {
      await stack.explained(async () => {
        await stack.call('up', '--detach', '--scale', 'prometheus=0');
        await stack.healthy(...BROKERS, 'postgres', ...APPS, 'demo');
        expect((await stack.containers('router')).length).toBe(2);
        expect((await stack.containers('delivery')).length).toBe(3);
        expect(await replicationOf('fleet.events')).toMatch(
          /ReplicationFactor: 3\s+Configs: .*min\.insync\.replicas=2/,
        );
        const flow = await StackFlow.open(stack);
        flow.start();
        await flow.goesOn();
        await stack.killAndStart('kafka-2');
        await flow.goesOn(100);
        await stack.healthy(...BROKERS);
        await flow.stop();
        expect((await flow.everythingArrives(120_000)).missing).toEqual([]);
        await stack.down();
        expect(await stack.leftovers()).toEqual([]);
      });
    },
    UP_MS,
  );

  function replicationOf(topic: string): Promise<string> {
    const tool = ['/opt/kafka/bin/kafka-topics.sh', '--bootstrap-server', 'kafka:9092', '--describe', '--topic', topic];
    return stack.call('exec', '-T', 'kafka', ...tool);
  }
});
