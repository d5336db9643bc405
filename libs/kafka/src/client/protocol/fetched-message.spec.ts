import { describe, expect, it } from '@jest/globals';
import { fetchedMessage } from './fetched-message.js';
import { PlaceTexts } from './place-texts.js';
import { headerTextsAt, keyTextAt, valueAt } from './record-payload.js';

const PLAIN = { offset: '7', timestamp: '5', attributes: 0, key: null, value: null, headers: {} };

describe('a message that kafkajs read itself', () => {
  it('has its key, its value and the last of each header', () => {
    const headers = { a: [Buffer.from('1'), Buffer.from('2')], b: 'text', c: undefined };
    const read = fetchedMessage({ ...PLAIN, key: Buffer.from('gerät'), value: Buffer.from('xyz'), headers });
    const payload = read.copyPayload();
    expect([read.offset, read.timestamp, read.payloadBytes]).toEqual(['7', '5', payload.length]);
    expect([keyTextAt(payload, 0), String(valueAt(payload, 0))]).toEqual(['gerät', 'xyz']);
    expect(headerTextsAt(payload, 0, new PlaceTexts())).toEqual({ a: '2', b: 'text' });
  });

  it('may have neither key nor headers', () => {
    const payload = fetchedMessage(PLAIN).copyPayload();
    expect([keyTextAt(payload, 0), valueAt(payload, 0), headerTextsAt(payload, 0, new PlaceTexts())]).toEqual([
      null,
      null,
      {},
    ]);
  });
});
