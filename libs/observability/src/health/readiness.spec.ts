import { describe, expect, it } from '@jest/globals';
import { Readiness } from './readiness.js';

const hangs = (): Promise<never> => new Promise(() => undefined);

describe('Readiness', () => {
  it('says what its probes say', async () => {
    const readiness = new Readiness();
    readiness.add('kafka', () => undefined);
    readiness.add('postgresql', () => Promise.resolve('away'));
    expect(await readiness.reasons()).toEqual(new Map([['postgresql', 'away']]));
  });

  it('waits for no probe while the process stops', async () => {
    const readiness = new Readiness();
    const before = readiness.ask(hangs);
    readiness.onModuleDestroy();
    expect(await before).toBe('the process is stopping');
    expect(await readiness.ask(hangs)).toBe('the process is stopping');
  });
});
