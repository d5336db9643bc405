import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Stopper } from './stop.js';

function stopper(stop: () => Promise<void> = () => Promise.resolve()) {
  const clock = { now: 0 };
  const kill = jest.fn();
  const said: string[] = [];
  const subject = new Stopper({ say: (sentence) => said.push(sentence), stop, kill, now: () => clock.now });
  return { subject, kill, said, clock };
}

const never = (): Promise<void> => new Promise(() => undefined);

describe('Stopper', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('stops in order and ends with 0', async () => {
    const { subject, kill } = stopper();
    subject.request('SIGINT');
    expect(subject.signal.aborted).toBe(true);
    await expect(subject.finished).resolves.toBe(0);
    expect(kill).not.toHaveBeenCalled();
  });

  it('takes the echo of a signal for the same', () => {
    const { subject, kill, clock } = stopper(never);
    subject.request('SIGINT');
    clock.now = 499;
    subject.request('SIGINT');
    expect(kill).not.toHaveBeenCalled();
  });

  it('ends hard on a second one', async () => {
    const { subject, kill, clock } = stopper(never);
    subject.request('SIGINT');
    clock.now = 500;
    subject.request('SIGINT');
    expect(kill).toHaveBeenCalledTimes(1);
    await expect(subject.finished).resolves.toBe(1);
  });

  it('ends hard what took too long', async () => {
    const { subject, kill } = stopper(never);
    subject.request('SIGTERM');
    await jest.advanceTimersByTimeAsync(28_999);
    expect(kill).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(kill).toHaveBeenCalledTimes(1);
    await expect(subject.finished).resolves.toBe(1);
  });

  it('ends with 1 when it could not start', async () => {
    const { subject } = stopper();
    subject.fail();
    await expect(subject.finished).resolves.toBe(1);
  });
});
