import type { Say } from '../infrastructure.js';
import { findDockerEngine, type DockerEngine } from './docker-engine.js';
import { dockerRefusal } from './docker-fault.js';

/** One look for a Docker engine, for every service that asks. */
export class DockerSearch {
  private engine: Promise<DockerEngine | undefined> | undefined;
  private isRefusalTold = false;

  constructor(
    private readonly say: Say,
    private readonly find: () => Promise<DockerEngine> = findDockerEngine,
    private readonly refusal: () => string | undefined = dockerRefusal,
  ) {}

  /** Undefined: none answers. */
  answering(): Promise<DockerEngine | undefined> {
    this.engine ??= this.find().catch(() => undefined);
    return this.engine;
  }

  /**
   * Says that it goes on without an engine which this user may not use: who has Docker would not understand why Java is asked for.
   * Without any engine there is nothing to say.
   */
  goOnWithout(): void {
    const refusal = this.isRefusalTold ? undefined : this.refusal();
    if (refusal === undefined) return;
    this.isRefusalTold = true;
    this.say(`${refusal}. Going on without Docker.`);
  }
}
