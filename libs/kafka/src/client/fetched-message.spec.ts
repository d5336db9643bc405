import { describe, expect, it } from '@jest/globals';
import { fetchedMessage } from './fetched-message.js';

const PLAIN = { offset: '7', timestamp: '5', attributes: 0, key: null, value: null, headers: {} };

describe('a message that kafkajs read itself', () => {
  it('has its key and the last of each header as text', () => {
    const headers = { a: [Buffer.from('1'), Buffer.from('2')], b: 'text', c: undefined };
    const read = fetchedMessage({ ...PLAIN, key: Buffer.from('gerät'), value: Buffer.from('xyz'), headers });
    expect(read).toMatchObject({ offset: '7', timestamp: '5', keyText: 'gerät', payloadBytes: 9 });
    expect(read.headerTexts).toEqual({ a: '2', b: 'text' });
  });

  it('may have neither key nor headers', () => {
    expect(fetchedMessage(PLAIN)).toMatchObject({ keyText: null, value: null, headerTexts: {}, payloadBytes: 0 });
  });
});
