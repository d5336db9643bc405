import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long a request may keep the event loop to itself: a check may take a few milliseconds, and a chunk has hundreds. */
const TURN_MS = 10;

/** Makes requests take turns: what one brings along must not make the others, and the health checks, wait. */
export class Turns {
  /** @param clock in milliseconds */
  constructor(private readonly clock: () => number = () => performance.now()) {}

  begin(): Turn {
    return new Turn(this.clock);
  }
}

class Turn {
  #endsAtMs: number;

  constructor(private readonly clock: () => number) {
    this.#endsAtMs = clock() + TURN_MS;
  }

  get isOver(): boolean {
    return this.clock() >= this.#endsAtMs;
  }

  /** Resolves once whoever waited has had a turn. */
  async pass(): Promise<void> {
    await nextTurn();
    this.#endsAtMs = this.clock() + TURN_MS;
  }
}

export type { Turn };
