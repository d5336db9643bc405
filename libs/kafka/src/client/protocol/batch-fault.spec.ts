import { describe, expect, it } from '@jest/globals';
import { BatchFault, batchFaultOf } from './batch-fault.js';

const coded = (code: string): Error => Object.assign(new Error('failed'), { code });

describe('what is thrown while a batch is read', () => {
  it('is its fault when its bytes lead to it', () => {
    const fault = new BatchFault('why');
    expect(batchFaultOf(fault, 'else')).toBe(fault);
    const cause = coded('Z_DATA_ERROR');
    expect(batchFaultOf(cause, 'else')).toMatchObject({ message: 'else', cause });
  });

  it.each([
    coded('Z_MEM_ERROR'),
    coded('ZSTD_error_memory_allocation'),
    new RangeError('Array buffer allocation failed'),
  ])('is not when the process is short of memory: the batch may be sound (%p)', (error) => {
    expect(() => batchFaultOf(error, 'else')).toThrow(error);
  });
});
