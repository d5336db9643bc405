import { describe, expect, it } from '@jest/globals';
import { fatesOf } from './produce-check.js';

const at = (partition: number) => ({ topic: 't', partition });
const said = (partition: number, errorCode: number) => ({ topicName: 't', partition, errorCode });

describe('produce check', () => {
  it.each([
    [0, 'written'],
    [6, 'again'],
    [3, 'again'],
    [19, 'again'],
    [10, 'too_large'],
    [18, 'too_large'],
    [87, 'too_large'],
    [29, 'refused'],
    [32, 'refused'],
    [999, 'refused'],
  ])('calls code %d %s', (code, kind) => {
    expect(fatesOf([at(1)], [said(1, code)])).toMatchObject([{ kind }]);
  });

  it('wants an answer for each partition of each topic', () => {
    const sent = [at(0), at(1), { topic: 'u', partition: 0 }];
    expect(fatesOf(sent, [said(1, 0)]).map(({ kind }) => kind)).toEqual(['missing', 'written', 'missing']);
  });

  it('believes the broker that wrote, when two spoke', () => {
    expect(fatesOf([at(0)], [said(0, 0), said(0, 6)])).toEqual([{ kind: 'written' }]);
    expect(fatesOf([at(0)], [said(0, 6), said(0, 0)])).toEqual([{ kind: 'written' }]);
  });
});
