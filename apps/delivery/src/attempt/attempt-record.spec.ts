import { beforeEach, describe, expect, it } from '@jest/globals';
import { AttemptWorld, failure, response } from '../testing/attempt-world.js';

describe('an attempt', () => {
  let here: AttemptWorld;

  beforeEach(() => {
    here = new AttemptWorld();
  });

  it.each(['10.1.2.3', '169.254.169.254', 'fd00::7'])('is recorded without what %s said', async (address) => {
    here.egress.answer = { ...response(500), address };
    await here.run();
    const refused = `connect ECONNREFUSED ${address}:443`;
    here.egress.answer = { ...failure('connection_refused'), address, detail: refused };
    await here.run();
    const [answered, failed] = here.attempts();
    expect(answered).toMatchObject({ outcome: 'http_status', status: 500, latencyMs: 12 });
    expect(failed).toMatchObject({ outcome: 'connection_refused', latencyMs: 7 });
    for (const recorded of [answered, failed])
      expect([recorded?.address, recorded?.excerpt, recorded?.detail]).toEqual([undefined, undefined, undefined]);
    // The operator's own log says it.
    expect(here.lines.at(-1)).toMatchObject({ detail: refused });
  });

  it.each(['8.8.8.8', '127.0.0.1', '::1'])('is recorded with what %s said', async (address) => {
    here.egress.answer = { ...response(500), address };
    await here.run();
    here.egress.answer = { ...failure('connection_refused'), address };
    await here.run();
    expect(here.attempts()).toMatchObject([
      { address, excerpt: 'thanks' },
      { address, detail: 'words' },
    ]);
  });
});
