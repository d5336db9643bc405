import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { KeptRunning, type Launched } from './kept-running.js';

/** A stand-in for a process: ends when told. */
class FakeProcess implements Launched {
  private end: (how: string) => void = () => undefined;
  readonly ended = new Promise<string>((resolve) => (this.end = resolve));
  readonly stop = jest.fn(async () => this.end('SIGTERM'));
  readonly kill = jest.fn(() => this.end('SIGKILL'));

  constructor(readonly pid: number) {}

  async die(how: string): Promise<void> {
    this.end(how);
    await jest.advanceTimersByTimeAsync(0);
  }
}

function keep(failures: readonly number[] = []) {
  const started: FakeProcess[] = [];
  const said: string[] = [];
  let attempts = 0;
  const kept = new KeptRunning({
    name: 'router',
    say: (sentence) => said.push(sentence),
    launch: async () => {
      attempts++;
      if (failures.includes(attempts)) throw new Error(`no luck at ${attempts}`);
      const process = new FakeProcess(attempts);
      started.push(process);
      return process;
    },
  });
  const last = (): FakeProcess => {
    const process = started.at(-1);
    if (process === undefined) throw new Error('nothing was started');
    return process;
  };
  return { kept, started, said, last };
}

describe('KeptRunning', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('starts again what ended, after a growing pause, and says so', async () => {
    const { kept, last, said } = keep();
    await kept.start();
    await last().die('exit code 1');
    expect(kept.pid).toBeUndefined();
    await jest.advanceTimersByTimeAsync(499);
    expect(kept.pid).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(kept.pid).toBe(2);
    await last().die('SIGKILL');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(kept.pid).toBe(3);
    expect(said).toEqual([
      'router ended (exit code 1); starting it again in 0.5 s.',
      'router ended (SIGKILL); starting it again in 1 s.',
    ]);
  });

  it('does not give up on a start that fails', async () => {
    const { kept, last, said } = keep([2, 3]);
    await kept.start();
    await last().die('SIGKILL');
    await jest.advanceTimersByTimeAsync(500 + 1_000 + 2_000);
    expect(kept.pid).toBe(4);
    expect(said[1]).toBe('router did not start: no luck at 2; starting it again in 1 s.');
  });

  it('lets the first start fail', async () => {
    await expect(keep([1]).kept.start()).rejects.toThrow('no luck at 1');
  });

  it('starts nothing again once it is stopped, also while it waits', async () => {
    const { kept, last, started } = keep();
    await kept.start();
    await last().die('SIGKILL');
    await kept.stop();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(started).toHaveLength(1);
  });

  it('does not take a stop for an end', async () => {
    const { kept, last, said } = keep();
    await kept.start();
    await kept.stop();
    expect(last().stop).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual([]);
  });
});
