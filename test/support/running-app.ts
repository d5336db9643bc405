import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { KafkaBatchServer } from '@fleethook/kafka';

/** An app of ours within the test's process, started in the order in which its `main.ts` does it. */
export class RunningApp implements AsyncDisposable {
  private constructor(readonly app: NestFastifyApplication) {}

  static async start(
    module: DynamicModule,
    startUp: (app: NestFastifyApplication) => Promise<void>,
    /** Consumers beside the app's first. */
    further: readonly symbol[] = [],
  ): Promise<RunningApp> {
    const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false });
    app.connectMicroservice({ strategy: app.get(KafkaBatchServer) }, { inheritAppConfig: true });
    for (const server of further)
      app.connectMicroservice({ strategy: app.get<KafkaBatchServer>(server) }, { inheritAppConfig: true });
    await app.init();
    await startUp(app);
    await app.startAllMicroservices();
    return new RunningApp(app);
  }

  /** The reasons of `/health/ready`, by name; empty when it answers 200. */
  async notReady(): Promise<Record<string, string>> {
    const reply = await this.app.inject({ method: 'GET', url: '/health/ready' });
    const { error = {} } = reply.json<{ error?: Record<string, { reason?: string }> }>();
    return Object.fromEntries(Object.entries(error).map(([name, { reason = '' }]) => [name, reason]));
  }

  async metric(line: string): Promise<number> {
    const reply = await this.app.inject({ method: 'GET', url: '/metrics' });
    const found = reply.body.split('\n').find((candidate) => candidate.startsWith(`${line} `));
    return found === undefined ? 0 : Number(found.slice(line.length + 1));
  }

  /** As on SIGTERM. May be called again. */
  async stop(): Promise<void> {
    await this.app.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
