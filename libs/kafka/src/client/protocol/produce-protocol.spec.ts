import { beforeAll, describe, expect, it } from '@jest/globals';
import { internalOf } from '../kafkajs.js';
import { patchProduce, type PreparedMessage } from './produce-protocol.js';

interface Exchange {
  readonly request: { encode(): Promise<{ buffer: Buffer }> };
  readonly response: { parse(reply: object): Promise<object> };
}

interface Definition {
  protocol: (choice: { version: number }) => (options: object) => Exchange;
}

const NOT_LEADER = 6;
const TOO_LARGE = 10;

const prepared = (partition: number): PreparedMessage => ({
  partition,
  value: null,
  recordBatch: Buffer.from(`batch ${partition}`),
});
const stock = { key: 'k', value: 'v' };

function exchange(message: object, partition = 3): Exchange {
  const { protocol } = internalOf('protocol/requests/produce') as Definition;
  const topicData = [{ topic: 'tøpic', partitions: [{ partition, messages: [message] }] }];
  return protocol({ version: 7 })({ acks: -1, timeout: 10_000, topicData });
}

const reply = (...codes: number[]) => ({
  topics: [{ topicName: 't', partitions: codes.map((errorCode, partition) => ({ partition, errorCode })) }],
});

describe('produce protocol', () => {
  it("hides behind the first error which partitions were written: the client's own reader", async () => {
    // When it no longer does, the client's own will do.
    await expect(exchange(stock).response.parse(reply(0, TOO_LARGE))).rejects.toMatchObject({
      type: 'MESSAGE_TOO_LARGE',
    });
  });

  describe('patched', () => {
    beforeAll(() => patchProduce());

    it('leaves messages of others alone', async () => {
      await expect(exchange(stock).response.parse(reply(0, TOO_LARGE))).rejects.toMatchObject({ code: TOO_LARGE });
      expect((await exchange(stock).request.encode()).buffer.includes('batch')).toBe(false);
    });

    it('sends record batches as they are', async () => {
      const { buffer } = await exchange(prepared(3)).request.encode();
      const topic = Buffer.from('tøpic');
      const wanted = Buffer.alloc(12 + 2 + topic.length + 12 + 7);
      let at = wanted.writeInt16BE(-1, 0);
      at = wanted.writeInt16BE(-1, at);
      at = wanted.writeInt32BE(10_000, at);
      at = wanted.writeInt32BE(1, at);
      at = wanted.writeInt16BE(topic.length, at);
      at += topic.copy(wanted, at);
      at = wanted.writeInt32BE(1, at);
      at = wanted.writeInt32BE(3, at);
      at = wanted.writeInt32BE(7, at);
      wanted.write('batch 3', at);
      expect(buffer.equals(wanted)).toBe(true);
    });

    it.each([[[0, TOO_LARGE]], [[0, NOT_LEADER]], [[NOT_LEADER, TOO_LARGE]], [[TOO_LARGE]], [[]]])(
      'hands over the codes %j, partition by partition',
      async (codes) => {
        await expect(exchange(prepared(0)).response.parse(reply(...codes))).resolves.toEqual(reply(...codes));
      },
    );

    it('lets the client try again when nothing was written and it may be next time', async () => {
      const answer = exchange(prepared(0)).response.parse(reply(NOT_LEADER, NOT_LEADER));
      await expect(answer).rejects.toMatchObject({ type: 'NOT_LEADER_FOR_PARTITION', retriable: true });
    });
  });
});
