import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Fifo } from './fifo.js';

interface Item {
  readonly id: number;
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('push' as const), count: fc.integer({ min: 1, max: 700 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('shift' as const), count: fc.integer({ min: 1, max: 700 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('pop' as const, 'delete' as const, 'keep' as const),
      count: fc.nat(),
    }),
  },
);

describe('a queue', () => {
  it('does what an array does, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const queue = new Fifo<Item>();
        let model: Item[] = [];
        let id = 0;
        const answers: [unknown, unknown][] = [];
        for (const { kind, count } of steps) {
          if (kind === 'push')
            for (let i = 0; i < count; i += 1) {
              const item = { id: id++ };
              queue.push(item);
              model.push(item);
            }
          else if (kind === 'shift') for (let i = 0; i < count; i += 1) answers.push([queue.shift(), model.shift()]);
          else if (kind === 'pop') answers.push([queue.pop(), model.pop()]);
          else if (kind === 'delete') {
            const item = model[count % Math.max(1, model.length)] ?? { id: -1 };
            answers.push([queue.delete(item), model.includes(item)]);
            model = model.filter((other) => other !== item);
          } else {
            queue.keep((item) => item.id % 3 !== count % 3);
            model = model.filter((item) => item.id % 3 !== count % 3);
          }
          answers.push([queue.length, model.length]);
        }
        expect(answers.filter(([ours, right]) => ours !== right)).toEqual([]);
      }),
    );
  });
});
