import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { ConsumerWorld, TOPIC } from './consumer-world.js';

let world: ConsumerWorld;

beforeAll(async () => {
  world = await ConsumerWorld.create(2);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe('a batch server that is closed while it joins its group', () => {
  it.each([
    ['begins to', '"Starting"'],
    ['asks for the coordinator', '"Found group coordinator"'],
  ])('and %s, neither fails the process nor is a member later on', async (_what, moment) => {
    const lines: string[] = [];
    let closed: Promise<void> | undefined;
    const { server, fatal } = world.member(
      { handoverGraceMs: 0, drainTimeoutMs: 1_000, sessionTimeoutMs: 120_000 },
      (line) => {
        lines.push(line);
        if (line.includes(moment)) closed ??= server.close();
      },
    );
    server.addHandler(TOPIC, async () => {}, true);
    void server.listen(() => undefined);
    // What the client goes on with comes to an end, one way or the other.
    await eventually(() => expect(lines.join('')).toMatch(/Consumer has joined the group|kafka\.consumer_crashed/), {
      withinMs: 30_000,
      explain: () => lines.join(''),
    });
    await closed;
    expect(lines.filter((line) => line.includes('"restarts":true'))).toEqual([]);
    await eventually(
      async () => {
        const { groups } = await world.admin.describeGroups([world.groupId]);
        expect(groups[0]?.members).toEqual([]);
      },
      // Long before the group would give it up.
      { withinMs: 15_000, explain: () => lines.join('') },
    );
    expect(fatal).toEqual([]);
  });
});
