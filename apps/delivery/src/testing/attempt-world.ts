import type { EgressFailure, EgressRequest, EgressResponse, EgressResult } from '@fleethook/egress';
import { newPrn } from '@fleethook/events';
import {
  decodeAttempt,
  decodeDead,
  SecretSealer,
  TOPICS,
  type AttemptMessage,
  type DeliveryMessage,
  type WebhookConfig,
} from '@fleethook/messages';
import { createLog, createMetrics, Tracing, type Log } from '@fleethook/observability';
import { scheduleOf, type Outcome } from '@fleethook/retry';
import { secretBytes } from '@fleethook/signing';
import { AttemptFollowUp } from '../attempt/attempt-follow-up.js';
import { AttemptReporter } from '../attempt/attempt-reporter.js';
import { AttemptRunner, Egress } from '../attempt/attempt-runner.js';
import { AttemptTracing } from '../attempt/attempt-tracing.js';
import { DeadLetters } from '../forwarding/dead-letters.js';
import { Forwarder } from '../forwarding/forwarder.js';
import { OpenGates } from '../lanes/lane-gate.js';
import { Lane } from '../lanes/lane.js';
import { QueuedDelivery } from '../lanes/queued-delivery.js';
import { KafkaRetrySink } from '../retry/kafka-retry-sink.js';
import { Tiers } from '../retry/tiers.js';
import { Unsendable } from '../unsendable.js';
import { WebhookDirectory } from '../webhook-directory.js';
import { FakeClock } from './fake-clock.js';
import { FakeProducer } from './fake-producer.js';
import { deliveryMessage, FakeRecord, ORGANIZATION } from './fake-record.js';
import { webhookConfig } from './webhook-config.js';

const KEY = Buffer.alloc(32, 3).toString('base64');
export const SECRET = 'B284A51B143841695B2D7BF3B8554731';
/** Of the last retry. */
export const HORIZON_MS = 3_600_000;

type Line = Readonly<Record<string, unknown>>;

class FakeEgress extends Egress {
  readonly requests: EgressRequest[] = [];
  answer: EgressResult | Error = response(200);
  whileSent: () => void = () => {};

  post(request: EgressRequest): Promise<EgressResult> {
    this.requests.push(request);
    this.whileSent();
    return this.answer instanceof Error ? Promise.reject(this.answer) : Promise.resolve(this.answer);
  }
}

/** Keeps what it is told. */
function logInto(lines: Line[]): Log {
  const keep = (line: Line): void => void lines.push(line);
  const silent = createLog({ app: 'test', level: 'silent', format: 'json' });
  return Object.assign(Object.create(silent) as Log, { info: keep, warn: keep, error: keep });
}

/** Attempts between deliveries and endpoints, both in a spec's hands. */
export class AttemptWorld {
  readonly clock = new FakeClock();
  readonly producer = new FakeProducer();
  readonly egress = new FakeEgress();
  readonly lines: Line[] = [];
  readonly sealer = new SecretSealer([KEY]);
  readonly directory: WebhookDirectory;
  readonly configuration = { isFollowing: true };
  /** What deliveries are for, unless told otherwise. */
  webhook: WebhookConfig;
  readonly #runner: AttemptRunner;

  constructor() {
    const log = logInto(this.lines);
    const { clock, producer, egress } = this;
    const metrics = createMetrics();
    const tiers = new Tiers(scheduleOf([5_000, 30_000, 600_000], HORIZON_MS));
    const forwarder = new Forwarder(producer, clock, log);
    const deadLetters = new DeadLetters(forwarder, clock, log, metrics);
    const retries = new KafkaRetrySink(tiers, forwarder, deadLetters, clock, metrics);
    this.directory = new WebhookDirectory(this.sealer, log);
    const reporter = new AttemptReporter(forwarder, log, metrics);
    const followUp = new AttemptFollowUp(tiers, retries, deadLetters, reporter, this.directory, clock);
    const unsendable = new Unsendable(retries, deadLetters, this.configuration, clock, log);
    const tracing = new AttemptTracing(Tracing.off, false);
    const limits = { timeoutMs: 10_000 };
    this.#runner = new AttemptRunner(this.directory, egress, followUp, unsendable, limits, clock, tracing, log);
    this.webhook = this.configure();
  }

  configure(changes: Partial<WebhookConfig> = {}): WebhookConfig {
    const prn = changes.prn ?? newPrn(ORGANIZATION, 'webhook');
    const secrets = [{ sealed: this.sealer.seal(secretBytes(SECRET), prn) }];
    const config = webhookConfig({ prn, url: 'https://receiver.example/hook', secrets, ...changes });
    this.directory.onChange(config);
    return config;
  }

  async run(
    changes: Partial<DeliveryMessage> = {},
    prepare: (record: FakeRecord) => void = () => {},
  ): Promise<{ record: FakeRecord; message: DeliveryMessage; outcome: Outcome | undefined }> {
    const message = deliveryMessage({ webhook: this.webhook.prn, ...changes });
    const record = new FakeRecord(message, 5);
    prepare(record);
    const delivery = new QueuedDelivery(record, message, new Lane('lane', 0, new OpenGates().create()));
    const outcome = await new Promise<Outcome | undefined>((resolve) => {
      this.#runner.run(delivery, { attemptEnded: (_delivery, ended) => resolve(ended) });
    });
    return { record, message, outcome };
  }

  attempts(): AttemptMessage[] {
    return this.producer.to(TOPICS.attempts.name).map(decodeAttempt);
  }

  dead(): ReturnType<typeof decodeDead>[] {
    return this.producer.to(TOPICS.dead.name).map(decodeDead);
  }

  /** The first of an event. */
  line(event: string): Line | undefined {
    return this.lines.find((each) => each['event'] === event);
  }
}

export function response(status: number, headers: Record<string, string> = {}): EgressResponse {
  return {
    kind: 'response',
    status,
    headers,
    excerpt: 'thanks',
    address: '192.0.2.1',
    latencyMs: 12,
    connectionReused: true,
  };
}

export function failure(failure: EgressFailure['failure'], stage: EgressFailure['stage'] = 'connect'): EgressFailure {
  return {
    kind: 'failure',
    failure,
    stage,
    detail: 'words',
    address: undefined,
    latencyMs: 7,
    connectionReused: false,
  };
}
