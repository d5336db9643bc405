import { expect, it, jest } from '@jest/globals';
import { LOCKS } from './advisory-locks.js';
import { LeaderSession } from './leader-session.js';

/** Who sleeps between tries is woken by the end of a lead: were it told of a try's end, it would not sleep while PostgreSQL is away. */
it('a try that is refused is told by its refusal alone', async () => {
  const onEnd = jest.fn();
  const refused = LeaderSession.tryToLead({
    databaseUrl: 'postgres://nobody:none@127.0.0.1:1/none',
    lock: LOCKS.outboxRelay,
    channel: 'any',
    onWake: () => undefined,
    onEnd,
  });
  await expect(refused).rejects.toMatchObject({ name: 'StoreError' });
  expect(onEnd).not.toHaveBeenCalled();
});
