import type { Sink } from '../output/output.js';
import type { Ending } from './exit-codes.js';
import type { Environment } from './environment.js';

/** Around a run: the process it is in. */
export interface Host {
  /** The clone's folder, or the image's. */
  readonly root: string;
  readonly environment: Environment;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** How the run ends; commands change it. */
  ending: Ending;
}
