import type { SeededRandom } from './random.js';

export type Step =
  | 'device.connected'
  | 'device.authentication_failed'
  | 'device.checked_for_release'
  | 'device.claimed_release'
  | 'device.release_changed'
  | 'device.updated'
  | 'device.disconnected';

/** One device as it goes through its life: what it can do next depends on what it did. */
export class SimulatedDevice {
  #phase: 'offline' | 'online' | 'claimed' = 'offline';
  /** Of its firmware: 1.0.<patch>. */
  #patch: number;
  /** When its connection began, ms from the start. */
  #connectedAtMs = 0;

  constructor(
    readonly index: number,
    random: SeededRandom,
  ) {
    this.#patch = random.index(5);
  }

  get version(): string {
    return `1.0.${this.#patch}`;
  }

  get nextVersion(): string {
    return `1.0.${this.#patch + 1}`;
  }

  get connectedAtMs(): number {
    return this.#connectedAtMs;
  }

  /** @param authFailureRatio of connections that are refused */
  next(atMs: number, random: SeededRandom, authFailureRatio: number): Step {
    switch (this.#phase) {
      case 'offline':
        return this.#connect(atMs, random, authFailureRatio);
      case 'claimed':
        if (random.next() < 0.1) return this.#disconnect();
        this.#phase = 'online';
        return 'device.release_changed';
      case 'online': {
        const chance = random.next();
        if (chance < 0.4) return 'device.checked_for_release';
        if (chance < 0.6) {
          this.#phase = 'claimed';
          return 'device.claimed_release';
        }
        return chance < 0.7 ? 'device.updated' : this.#disconnect();
      }
    }
  }

  /** The network between it and the platform goes away, or comes back. */
  flap(atMs: number, random: SeededRandom, authFailureRatio: number): Step {
    return this.#phase === 'offline' ? this.#connect(atMs, random, authFailureRatio) : this.#disconnect();
  }

  /** After the event that tells of it. */
  upgrade(): void {
    this.#patch += 1;
  }

  #connect(atMs: number, random: SeededRandom, authFailureRatio: number): Step {
    if (random.next() < authFailureRatio) return 'device.authentication_failed';
    this.#phase = 'online';
    this.#connectedAtMs = atMs;
    return 'device.connected';
  }

  #disconnect(): Step {
    this.#phase = 'offline';
    return 'device.disconnected';
  }
}
