import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Says why something is not ready, or undefined when it is. */
export type ReadinessProbe = () => string | undefined | Promise<string | undefined>;

const STOPPING = 'the process is stopping';

/** What an app needs before it can do its job. Each part adds its own probe; `/health/ready` asks them all. */
@Injectable()
export class Readiness implements OnModuleDestroy {
  readonly #probes = new Map<string, ReadinessProbe>();
  readonly #fatal = new Map<string, string>();
  /** Of those who wait for a probe. */
  readonly #onStop = new Set<(reason: string) => void>();
  #isStopping = false;

  /** @param name a short noun: `kafka`, `configuration`, `postgresql` */
  add(name: string, probe: ReadinessProbe): void {
    this.#probes.set(name, probe);
  }

  /** The process cannot go on: `/health/live` fails from here, so that whoever runs it starts it again. */
  fail(name: string, reason: string): void {
    this.#fatal.set(name, reason);
  }

  /** The server's end waits for its requests, and a dependency that hangs would keep them, and the stop, for seconds. */
  onModuleDestroy(): void {
    this.#isStopping = true;
    for (const stop of this.#onStop) stop(STOPPING);
  }

  get probes(): ReadonlyMap<string, ReadinessProbe> {
    return this.#probes;
  }

  get fatal(): ReadonlyMap<string, string> {
    return this.#fatal;
  }

  /** What a probe says; as soon as the process stops, that it does. */
  async ask(probe: ReadinessProbe): Promise<string | undefined> {
    if (this.#isStopping) return STOPPING;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#onStop.add(resolve);
    try {
      return await Promise.race([probe(), promise]);
    } finally {
      this.#onStop.delete(resolve);
    }
  }

  /** The reasons, by name, why the app is not ready; empty when it is. */
  async reasons(): Promise<Map<string, string>> {
    const reasons = new Map(this.#fatal);
    for (const [name, probe] of this.#probes) {
      const reason = await this.ask(probe);
      if (reason !== undefined) reasons.set(name, reason);
    }
    return reasons;
  }
}
