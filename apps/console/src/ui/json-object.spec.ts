import { describe, expect, it } from '@jest/globals';
import { readJsonObject, textOfJson } from './json-object.js';

describe('readJsonObject', () => {
  it.each(['', ' \n'])('says nothing of %j', (text) => {
    expect(readJsonObject(text)).toEqual({ kind: 'empty' });
  });

  it.each(['{"door":', "{'door': 7}", '{"door": 7,}'])('says that %s is no JSON, and why', (text) => {
    expect(readJsonObject(text)).toEqual({ kind: 'wrong', message: expect.stringMatching(/^It is no JSON: ./) });
  });

  it.each(['[1]', 'null', '7', '"door"'])('wants an object, and not %s', (text) => {
    expect(readJsonObject(text)).toEqual({ kind: 'wrong', message: 'It must be a JSON object: { … }' });
  });

  it('reads an object, and what it writes of one', () => {
    const value = { door: 7, open: { since: null } };
    expect(readJsonObject(' {"door":7,"open":{"since":null}} ')).toEqual({ kind: 'fine', value });
    expect(readJsonObject(textOfJson(value))).toEqual({ kind: 'fine', value });
  });
});
