import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { BatchingProducer, ConfigTopicReader } from '@fleethook/kafka';

/** Ends intake's Kafka clients once the HTTP server has answered what it had. */
@Injectable()
export class KafkaLifecycle implements OnApplicationShutdown {
  constructor(
    private readonly producer: BatchingProducer,
    private readonly configuration: ConfigTopicReader,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.producer.close(), this.configuration.close()]);
  }
}
