import 'reflect-metadata';
import { Controller, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { of, throwError } from 'rxjs';
import type { KafkaBatch, KafkaRecord } from '@fleethook/kafka';
import { eventually } from '../../support/eventually.js';
import { ConsumerWorld, TOPIC, valueOf } from './consumer-world.js';

jest.setTimeout(60_000);

const THINGS = Symbol('things');
const OTHERS = Symbol('others');

const seen = {
  values: [] as string[],
  others: 0,
  failures: [] as (() => unknown)[],
  held: undefined as KafkaRecord | undefined,
};

@Controller()
class ThingsConsumer {
  @EventPattern(TOPIC, THINGS)
  onBatch(@Payload() batch: KafkaBatch): unknown {
    const failure = seen.failures.shift();
    if (failure !== undefined) return failure();
    for (const record of batch.records) {
      if (!record.begin()) continue;
      seen.values.push(String(record.value));
      if (record.value?.toString() === 'held') seen.held = record;
      else record.settle();
    }
    return of(undefined);
  }

  @EventPattern(TOPIC, OTHERS)
  onOthers(@Payload() batch: KafkaBatch): void {
    seen.others += batch.records.length;
  }
}

@Module({ controllers: [ThingsConsumer] })
class ThingsModule {}

let app: INestApplication | undefined;

afterEach(async () => {
  await app?.close();
  Object.assign(seen, { values: [], others: 0, failures: [], held: undefined });
});

describe('a batch server as a Nest transport', () => {
  it('reaches the handlers of its transport id only, and tries again whatever way they fail', async () => {
    await using world = await ConsumerWorld.create(1);
    const member = world.member({ transportId: THINGS });
    app = await NestFactory.create(ThingsModule, new FastifyAdapter(), { logger: false });
    app.connectMicroservice({ strategy: member.server }, { inheritAppConfig: true });
    await app.init();
    seen.failures.push(
      () => {
        throw new TypeError('thrown');
      },
      () => throwError(() => new Error('streamed')),
      async () => Promise.reject(new RangeError('rejected')),
    );
    await app.startAllMicroservices();
    await world.write(3);
    await eventually(() => expect(seen.values).toEqual(['0', '1', '2']), { withinMs: 20_000 });
    expect(await valueOf(member.metrics, 'handlerFailures')).toBe(3);
    expect(seen.others).toBe(0);
    expect(await member.readiness.reasons()).toEqual(new Map());
  });

  it('drains when the application closes: what has begun ends and is committed as released', async () => {
    await using world = await ConsumerWorld.create(1);
    const member = world.member({ transportId: THINGS, drainTimeoutMs: 20_000 });
    app = await NestFactory.create(ThingsModule, new FastifyAdapter(), { logger: false });
    app.connectMicroservice({ strategy: member.server }, { inheritAppConfig: true });
    await app.init();
    await app.startAllMicroservices();
    await world.producer.send({ topic: world.topic, messages: [{ value: 'held' }] });
    await eventually(() => expect(seen.held).toBeDefined(), { withinMs: 20_000 });
    const closed = jest.fn();
    const closing = app.close().then(closed);
    await eventually(async () => expect([...(await member.readiness.reasons()).values()][0]).toContain('draining'), {
      withinMs: 20_000,
    });
    expect(closed).not.toHaveBeenCalled();
    expect(seen.held?.mayForward).toBe(true);
    seen.held?.settle();
    await closing;
    expect(await world.committed()).toEqual([{ offset: 1, metadata: 'r:' }]);
    expect(seen.held?.mayForward).toBe(false);
    await member.server.close();
  });
});
