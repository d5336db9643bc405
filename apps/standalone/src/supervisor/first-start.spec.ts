import { describe, expect, it } from '@jest/globals';
import { FirstStart } from './first-start.js';

const started = (): FirstStart => new FirstStart((app) => `/data/logs/${app}.log`);

describe('the first start', () => {
  it('is given up when an app ends again and again without ever having listened, with its reason', () => {
    const start = started();
    for (let end = 1; end <= 4; end++) start.ended('router', 'exit code 1: no such file');
    start.ended('api', 'exit code 1');
    expect(start.failed.aborted).toBe(false);
    start.ended('router', 'exit code 1: no such file');
    expect(start.failed.reason).toMatchObject({
      code: 'APP_FAILED',
      message:
        'router has ended 5 times without coming up, at last with exit code 1: no such file. /data/logs/router.log has all that it said.',
    });
  });

  it('goes on while an app that has listened ends and is started again', () => {
    const start = started();
    start.ended('router', 'exit code 1');
    start.listens('router');
    for (let end = 0; end < 20; end++) start.ended('router', 'SIGKILL');
    expect(start.failed.aborted).toBe(false);
  });
});
