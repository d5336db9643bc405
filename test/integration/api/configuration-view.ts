import { randomBytes } from 'node:crypto';
import { ConfigTopicReader } from '@fleethook/kafka';
import type { ConfigMessage } from '@fleethook/messages';
import type { KafkaNamespace } from '../../support/kafka-namespace.js';

/** What a new reader of the configuration topic knows, kept up to date. */
export class ConfigurationView implements AsyncDisposable {
  readonly messages = new Map<string, ConfigMessage>();
  /** Every version that was seen of a key, in order; `gone` for a tombstone. */
  readonly history = new Map<string, (number | 'gone')[]>();

  private constructor(private readonly reader: ConfigTopicReader) {}

  static async open(kafka: KafkaNamespace): Promise<ConfigurationView> {
    const reader = new ConfigTopicReader(
      {
        connection: kafka.connection,
        app: `test-${randomBytes(4).toString('hex')}`,
        onChange: (key, message) => view.#note(key, message),
        onRemove: (key) => view.#note(key, undefined),
        onReset: () => view.messages.clear(),
      },
      kafka.context,
    );
    const view = new ConfigurationView(reader);
    await reader.start();
    return view;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.reader.close();
  }

  #note(key: string, message: ConfigMessage | undefined): void {
    if (message === undefined) this.messages.delete(key);
    else this.messages.set(key, message);
    const seen = this.history.get(key) ?? [];
    seen.push(message?.version ?? 'gone');
    this.history.set(key, seen);
  }
}
