import type { Browser } from 'playwright-core';
import type { World } from '../../support/world.js';
import type { ConsolePage } from './console-page.js';
import type { ConsoleWorld } from './console-world.js';

/** What a journey needs: the world, and a tab that is signed in. */
export interface Stage {
  readonly console: ConsolePage;
  readonly browser: Browser;
  readonly facts: ConsoleWorld;
}

/** Before anything was there. */
export interface EmptyStage {
  readonly console: ConsolePage;
  readonly browser: Browser;
  readonly world: World;
}
