import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { ComposeStack, type Container } from './compose-stack.js';
import { buildImage, docker, findCompose } from './docker.js';
import { StackFlow } from './stack-flow.js';

const APPS = ['ingest', 'router', 'delivery', 'recorder', 'api'];
/** The receiver first: what fails meanwhile is tried again while the others go. */
const KILLED = ['demo', 'ingest', 'router', 'delivery', 'recorder', 'api', 'postgres', 'kafka'];
const BUILD_MS = 1_200_000;
const LONG_MS = 1_800_000;
const MAX_BEYOND_BASE_BYTES = 250 * 1_000_000;

const compose = await findCompose();
if (compose === undefined)
  process.stderr.write('No Docker engine with Compose answers: the compose stacks are not tested.\n');
const withDocker = compose === undefined ? describe.skip : describe;

withDocker('the stack on one machine', () => {
  let stack: ComposeStack;
  let flow: StackFlow;
  const images = { a: '', b: '' };

  beforeAll(async () => {
    stack = await ComposeStack.create(compose ?? ['docker'], ['compose.yaml'], {
      // What a killed process owned is taken over after it.
      KAFKA_SESSION_TIMEOUT: '20s',
      HEALTH_INTERVAL: '6s',
      RETRY_SCHEDULE: '1s,2s,4s',
    });
    images.a = `fleethook:${stack.project}-a`;
    images.b = `fleethook:${stack.project}-b`;
    await buildImage(images.a, 'a');
    await buildImage(images.b, 'b');
    stack.use(images.a);
  }, BUILD_MS);

  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
    await docker('rmi', '--force', images.a, images.b);
  });

  it('has an image of modest size, without what only a build needs', async () => {
    const [size = 0, base = 0] = (
      await docker('image', 'inspect', '--format', '{{.Size}}', images.a, 'node:24-bookworm-slim')
    )
      .split('\n')
      .map(Number);
    expect(size - base).toBeLessThan(MAX_BEYOND_BASE_BYTES);
    const packages = await docker('run', '--rm', '--entrypoint', 'ls', images.a, '/app/node_modules');
    expect(packages.split('\n')).toEqual(expect.arrayContaining(['kafkajs', 'selfsigned']));
    expect(
      packages.split('\n').filter((name) => /^(react|vite|typescript|jest|node|testcontainers)$/.test(name)),
    ).toEqual([]);
  });

  it('comes up from nothing, and delivers to the demo', async () => {
    await stack.explained(async () => {
      await stack.call('up', '--detach');
      await stack.healthy('kafka', 'postgres', ...APPS, 'demo');
      await eventually(async () => expect(await stack.said('demo')).toContain('kinds of events'), {
        withinMs: 60_000,
        longestPauseMs: 1_000,
      });
      flow = await StackFlow.open(stack);
      await flow.post(50);
      expect((await flow.everythingArrives(60_000)).missing).toEqual([]);
    });
  });

  it('serves the console', async () => {
    const reply = await fetch(`${stack.url('API_PORT')}/console/`);
    expect([reply.status, await reply.text()]).toEqual([200, expect.stringContaining('<div id="root">')]);
  });

  it('runs without rights that it does not need, and is reached from this machine alone', async () => {
    const all = await stack.containers();
    const ours = all.filter(({ Config }) => Config.Labels['org.opencontainers.image.title'] === 'Fleethook');
    expect(ours.map(serviceOf).toSorted()).toEqual([...APPS, 'demo', 'keys', 'migrate'].toSorted());
    for (const { Config, HostConfig } of ours) {
      expect(Config.User).toBe('1000:1000');
      expect(HostConfig.ReadonlyRootfs).toBe(true);
      expect(HostConfig.CapDrop).toEqual(['ALL']);
    }
    const published = all.flatMap(({ HostConfig }) => Object.values(HostConfig.PortBindings).flat());
    expect(published.length).toBeGreaterThan(0);
    expect(new Set(published.map(({ HostIp }) => HostIp))).toEqual(new Set(['127.0.0.1']));
  });

  it('keeps secrets out of every environment and every log', async () => {
    const secrets = await stack.call(
      'exec',
      '-T',
      'api',
      'sh',
      '-c',
      'cat /run/fleethook/keys/*key /run/fleethook/database/password',
    );
    const inspected = JSON.stringify(await stack.containers());
    const { output: logs } = await stack.tryTo('logs', '--no-color');
    const found = secrets.trim().split('\n');
    expect(found).toHaveLength(4);
    for (const secret of found) expect(inspected.includes(secret) || logs.includes(secret)).toBe(false);
  });

  it('is watched: Prometheus finds every app', async () => {
    await stack.explained(() =>
      eventually(
        async () => {
          const reply = await fetch(`${stack.url('PROMETHEUS_PORT')}/api/v1/query?query=up`);
          const { data } = (await reply.json()) as {
            data: { result: { metric: { job: string }; value: [number, string] }[] };
          };
          const up = data.result.filter(({ value }) => value[1] === '1').map(({ metric }) => metric.job);
          expect(up).toEqual(expect.arrayContaining(APPS));
        },
        { withinMs: 90_000, longestPauseMs: 1_000 },
      ),
    );
  });

  it(
    'loses nothing when each of its containers is killed under load',
    async () => {
      await stack.explained(async () => {
        flow.start();
        for (const service of KILLED) {
          await flow.goesOn();
          await stack.killAndStart(service);
          await stack.healthy(service);
        }
        await stack.healthy(...KILLED);
        await flow.goesOn();
        await flow.stop();
        expect((await flow.everythingArrives(180_000)).missing).toEqual([]);
      });
    },
    LONG_MS,
  );

  it(
    'loses nothing when its image is exchanged under load, one app after the other',
    async () => {
      await stack.explained(async () => {
        flow.start();
        stack.use(images.b);
        for (const app of APPS) {
          await flow.goesOn();
          await stack.call('up', '--detach', '--no-deps', app);
          await stack.healthy(app);
        }
        await flow.goesOn();
        await flow.stop();
        expect((await flow.everythingArrives(120_000)).missing).toEqual([]);
        const running = await Promise.all(APPS.map((app) => stack.containers(app)));
        expect(running.flat().map(({ Config }) => Config.Labels['org.opencontainers.image.revision'])).toEqual(
          APPS.map(() => 'b'),
        );
      });
    },
    LONG_MS,
  );

  it('stops every app by itself, within the time that the stack gives it', async () => {
    await stack.explained(async () => {
      await stack.call('stop', ...APPS, 'demo');
      const ended = (await Promise.all([...APPS, 'demo'].map((service) => stack.containers(service)))).flat();
      expect(ended.map((container) => `${serviceOf(container)} ${container.State.ExitCode}`)).toEqual(
        [...APPS, 'demo'].map((service) => `${service} 0`),
      );
    });
  });

  it('leaves nothing behind', async () => {
    await stack.down();
    expect(await stack.leftovers()).toEqual([]);
  });
});

const serviceOf = ({ Config }: Container): string => Config.Labels['com.docker.compose.service'] ?? '';
