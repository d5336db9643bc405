import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Fifo } from './fifo.js';

interface Item {
  readonly id: number;
}

/** The queue and the array that it must behave like. */
interface Pair {
  readonly queue: Fifo<Item>;
  model: Item[];
  nextId: number;
}

/** One step on both; what each answered. */
type Step = (pair: Pair, count: number) => readonly [unknown, unknown];

const push: Step = (pair, count) => {
  for (let i = 0; i < count; i += 1) {
    const item = { id: pair.nextId++ };
    pair.queue.push(item);
    pair.model.push(item);
  }
  return [undefined, undefined];
};

const shift: Step = ({ queue, model }, count) => {
  const shifted = Array.from({ length: count }, () => {
    const { first } = queue;
    const taken = queue.shift();
    return first === taken ? taken?.id : first;
  });
  return [shifted, Array.from({ length: count }, () => model.shift()?.id)];
};

/** What was taken last goes back, a few times. */
const putBack: Step = ({ queue, model }, count) => {
  const taken = Array.from({ length: count % 5 }, () => queue.shift()).filter((item) => item !== undefined);
  for (const item of taken.toReversed()) queue.unshift(item);
  return [taken, model.slice(0, taken.length)];
};

const unshift: Step = (pair) => {
  const item = { id: pair.nextId++ };
  pair.queue.unshift(item);
  pair.model.unshift(item);
  return [undefined, undefined];
};

const pop: Step = ({ queue, model }) => [queue.pop(), model.pop()];

const remove: Step = (pair, count) => {
  const item = pair.model[count % Math.max(1, pair.model.length)] ?? { id: -1 };
  const wasThere = pair.model.includes(item);
  pair.model = pair.model.filter((other) => other !== item);
  return [pair.queue.delete(item), wasThere];
};

const keep: Step = (pair, count) => {
  const test = ({ id }: Item): boolean => id % 3 !== count % 3;
  pair.queue.keep(test);
  pair.model = pair.model.filter(test);
  return [undefined, undefined];
};

const step = fc.tuple(
  fc.constantFrom(push, push, shift, shift, putBack, unshift, pop, remove, keep),
  fc.integer({ min: 1, max: 700 }),
);

describe('a queue', () => {
  it('does what an array does, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const pair: Pair = { queue: new Fifo<Item>(), model: [], nextId: 0 };
        for (const [take, count] of steps) {
          const [answer, expected] = take(pair, count);
          expect(answer).toEqual(expected);
          expect(pair.queue.length).toBe(pair.model.length);
        }
      }),
    );
  });
});
