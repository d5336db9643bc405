import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn, type Prn } from '@fleethook/events';
import type { ReplaySource } from '@fleethook/store';
import { Turns, type Holder } from './turns.js';

const TURN_MS = 1_000;

const one = newOrganizationPrn();
const other = newOrganizationPrn();

const replay = (organizationPrn: Prn<'organization'> = one, source: ReplaySource = 'log') => ({
  prn: newPrn(organizationPrn, 'replay'),
  organizationPrn,
  source,
});

const since = (sinceMs: number, of = replay()): Holder => ({ replay: of, sinceMs });

const turns = (limits = {}): Turns =>
  new Turns({ maxRunning: 3, maxRunningPerOrganization: 2, turnMs: TURN_MS, ...limits });

describe('the turns of replays', () => {
  it('are bounded, together and of an organization', () => {
    const [first, second, third] = [since(0), since(0), since(0, replay(other))];
    expect(turns().hasRoom(replay(), [first, third])).toBe(true);
    expect(turns().hasRoom(replay(), [first, second])).toBe(false);
    expect(turns().hasRoom(replay(other), [first, second])).toBe(true);
    expect(turns().hasRoom(replay(other), [first, second, third])).toBe(false);
  });

  it('end when others wait and they have lasted long enough: first the longest', () => {
    const [longer, shorter] = [since(100), since(200)];
    expect(turns().makeRoom(replay(), [shorter, longer], TURN_MS + 99)).toBeUndefined();
    expect(turns().makeRoom(replay(), [shorter, longer], TURN_MS + 100)).toBe(longer);
    expect(turns().makeRoom(replay(), [shorter, longer], TURN_MS + 900)).toBe(longer);
  });

  it('are given up by those of an organization that has all of its own, and else by anybody', () => {
    const [stranger, own, ownToo] = [since(0, replay(other)), since(100), since(200)];
    expect(turns().makeRoom(replay(), [stranger, own, ownToo], 5 * TURN_MS)).toBe(own);
    expect(turns().makeRoom(replay(other), [stranger, own, ownToo], 5 * TURN_MS)).toBe(stranger);
  });

  it('are given up at once for a bookmark that has had none, though not by another', () => {
    const bookmark = replay(one, 'bookmark');
    const [young, catchingUp] = [since(200), since(100, replay(one, 'bookmark'))];
    expect(turns().makeRoom(bookmark, [catchingUp, young], 201)).toBe(young);
    expect(turns().makeRoom(bookmark, [catchingUp], 201)).toBeUndefined();
    expect(turns().makeRoom(bookmark, [catchingUp, young], TURN_MS + 200)).toBe(catchingUp);
  });

  it('come around: who made room goes behind all that wait, in the order in which they did, a bookmark too', () => {
    const ours = turns({ maxRunningPerOrganization: 1 });
    const [first, second, third, fourth] = [replay(one, 'bookmark'), replay(), replay(), replay(one, 'bookmark')];
    expect(ours.inOrder([first, second, third])).toEqual([first, second, third]);
    ours.makeRoom(second, [since(0, first)], TURN_MS);
    expect(ours.inOrder([first, second, third])).toEqual([second, third, first]);
    ours.makeRoom(third, [since(TURN_MS, second)], 2 * TURN_MS);
    expect(ours.inOrder([first, second, third, fourth])).toEqual([fourth, third, first, second]);
    // It has had its turn, and waits for the next as all do.
    expect(ours.makeRoom(first, [since(2 * TURN_MS, third)], 2 * TURN_MS)).toBeUndefined();
    ours.makeRoom(first, [since(2 * TURN_MS, third)], 3 * TURN_MS);
    expect(ours.inOrder([first, second, third])).toEqual([first, second, third]);
  });

  it('are forgotten with those that ended, or were stopped', () => {
    const ours = turns();
    const [first, second] = [replay(), replay()];
    ours.makeRoom(second, [since(0, first), since(1)], TURN_MS);
    expect(ours.inOrder([first, second])).toEqual([second, first]);
    ours.inOrder([second]);
    expect(ours.inOrder([first, second])).toEqual([first, second]);
  });
});
