import { once } from 'node:events';
import { createZstdCompress } from 'node:zlib';
import kafkajs, { type Message, type Producer } from 'kafkajs';
import { services } from './services.js';
import { plainKafka } from './plain-kafka.js';

const { CompressionCodecs, CompressionTypes } = kafkajs;
const MIB = 1_048_576;

/** A producer of the operator's own, which writes to one partition of a topic with the client as it comes. */
export class DirectProducer implements AsyncDisposable {
  private constructor(
    private readonly producer: Producer,
    private readonly topic: string,
    readonly partition: number,
  ) {}

  /** @param topic with the prefix */
  static async to(topic: string, partition: number): Promise<DirectProducer> {
    const producer = plainKafka(services().kafkaBrokers).producer({ allowAutoTopicCreation: false });
    await producer.connect();
    return new DirectProducer(producer, topic, partition);
  }

  async send(messages: readonly Message[]): Promise<void> {
    await this.#send(messages.map((message) => ({ ...message, partition: this.partition })));
  }

  /** A batch of one record of blanks: some kilobytes, as the broker takes and keeps it. @returns its offset */
  async sendBomb(blanksMib: number): Promise<number> {
    const packed = await bomb(blanksMib);
    const codec = CompressionCodecs[CompressionTypes.ZSTD];
    // Whatever the client would have compressed.
    CompressionCodecs[CompressionTypes.ZSTD] = () => ({ compress: async () => packed, decompress: async () => packed });
    try {
      return await this.#send([{ value: null, partition: this.partition }], CompressionTypes.ZSTD);
    } finally {
      CompressionCodecs[CompressionTypes.ZSTD] = codec;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.producer.disconnect();
  }

  async #send(messages: Message[], compression = CompressionTypes.None): Promise<number> {
    const [sent] = await this.producer.send({ topic: this.topic, messages, compression });
    return Number(sent?.baseOffset);
  }
}

/** A record without key and headers, compressed piece by piece: as a whole it would take as much memory here as there. */
async function bomb(blanksMib: number): Promise<Buffer> {
  const value = blanksMib * MIB;
  // Attributes, time and offset are 0; then the lengths of no key and of the value.
  const head = Buffer.concat([Buffer.from([0, 0, 0]), varint(-1), varint(value)]);
  const noHeaders = varint(0);
  const zstd = createZstdCompress();
  const pieces: Buffer[] = [];
  zstd.on('data', (piece: Buffer) => pieces.push(piece));
  const blanks = Buffer.alloc(MIB, ' ');
  zstd.write(Buffer.concat([varint(head.length + value + noHeaders.length), head]));
  for (let i = 0; i < blanksMib; i += 1) if (!zstd.write(blanks)) await once(zstd, 'drain');
  zstd.end(noHeaders);
  await once(zstd, 'end');
  return Buffer.concat(pieces);
}

/** Zigzag, by arithmetic: doubled, the length of a bomb may be beyond what bits hold. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
