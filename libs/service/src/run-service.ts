import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLog, type Log, type Tracing } from '@fleethook/observability';
import type { DynamicModule, Type } from '@nestjs/common';
import { closeTracing } from './tracing/close-tracing.js';
import { limitedServer } from './client-limits.js';

export interface ServiceOptions {
  readonly name: string;
  readonly log: Log;
  /** Ended last. */
  readonly tracing?: Tracing;
  readonly module: Type | DynamicModule;
  readonly adapter?: FastifyAdapter;
  readonly host: string;
  /** 0 = any free one; the setting's name is for the message when it is taken. */
  readonly port: number;
  readonly portVariable: string;
  /** A stopping process may take this long before it is ended hard. */
  readonly drainTimeoutMs: number;
  /** The Kafka consumers, started after `startUp`. */
  readonly strategies?: (app: NestFastifyApplication) => readonly CustomTransportStrategy[];
  /** Before the server listens: parsers, hooks, filters. */
  readonly configure?: (app: NestFastifyApplication) => void;
  /** Waits for what the app needs (topics, configuration); health is already answered meanwhile, `ready` with 503. */
  readonly startUp?: (app: NestFastifyApplication) => Promise<void>;
}

/** Of apps that answer only whoever watches them. */
const MAX_BODY_BYTES = 1_024;

/** A hard end comes this much later than the drain's own limit, so that offsets and logs still get out. */
const AFTER_DRAIN_MS = 5_000;

/** What a supervisor is told once the server listens; the port may have been any free one. */
export interface ListeningMessage {
  readonly type: 'listening';
  readonly name: string;
  readonly url: string;
}

/**
 * Runs one app until a signal: HTTP first, so that its health can be asked while Kafka is away, then what it needs, then its consumers.
 * On SIGTERM, SIGINT or the supervisor's end it drains and exits 0; when it cannot start or drain it says why and exits 1.
 */
export async function runService(options: ServiceOptions): Promise<void> {
  const { name, log } = options;
  let app: NestFastifyApplication | undefined;
  const state = { stopping: false };
  const stop = (reason: string): void => {
    if (state.stopping) return;
    state.stopping = true;
    log.info({ event: 'app.stopping', reason }, `${name} is stopping`);
    setTimeout(() => {
      log.error({ event: 'app.stop_overdue' }, `${name} did not stop in time`);
      exit(log, 1);
    }, options.drainTimeoutMs + AFTER_DRAIN_MS).unref();
    (app?.close() ?? Promise.resolve())
      .then(() => (options.tracing === undefined ? undefined : closeTracing(options.tracing, log)))
      .then(
        () => {
          log.info({ event: 'app.stopped' }, `${name} has stopped`);
          exit(log, 0);
        },
        (error: unknown) => {
          log.error({ event: 'app.stop_failed', error }, `${name} did not stop cleanly`);
          exit(log, 1);
        },
      );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => stop('the supervisor is gone'));
  process.on('unhandledRejection', (error) => fail(log, name, error));
  process.on('uncaughtException', (error) => fail(log, name, error));

  try {
    app = await NestFactory.create<NestFastifyApplication>(
      options.module,
      options.adapter ?? new FastifyAdapter({ ...limitedServer(), bodyLimit: MAX_BODY_BYTES }),
      {
        logger: new NestLog(log),
        abortOnError: false,
      },
    );
    options.configure?.(app);
    for (const strategy of options.strategies?.(app) ?? [])
      app.connectMicroservice({ strategy }, { inheritAppConfig: true });
    await app.init();
    await app.listen(options.port, options.host);
    const url = await app.getUrl();
    log.info({ event: 'app.listening', url }, `${name} listens on ${url}`);
    process.send?.({ type: 'listening', name, url } satisfies ListeningMessage);
    await options.startUp?.(app);
    if (options.strategies !== undefined && !state.stopping) await app.startAllMicroservices();
  } catch (error) {
    if (state.stopping) return;
    fail(
      log,
      name,
      portTaken(error)
        ? new Error(`port ${options.port} on ${options.host} is taken; set ${options.portVariable} to another one`)
        : error,
    );
  }
}

function portTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function fail(log: Log, name: string, error: unknown): void {
  log.fatal(
    { event: 'app.failed', error },
    `${name} failed: ${error instanceof Error ? error.message : String(error)}`,
  );
  exit(log, 1);
}

function exit(log: Log, code: number): void {
  log.flush(() => process.exit(code));
  // A log whose reader is gone never calls back.
  setTimeout(() => process.exit(code), 500);
}
