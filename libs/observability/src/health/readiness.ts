/** Says why something is not ready, or undefined when it is. */
export type ReadinessProbe = () => string | undefined | Promise<string | undefined>;

/** What an app needs before it can do its job. Each part adds its own probe; `/health/ready` asks them all. */
export class Readiness {
  readonly #probes = new Map<string, ReadinessProbe>();
  readonly #fatal = new Map<string, string>();

  /** @param name a short noun: `kafka`, `configuration`, `postgresql` */
  add(name: string, probe: ReadinessProbe): void {
    this.#probes.set(name, probe);
  }

  /** The process cannot go on: `/health/live` fails from here, so that whoever runs it starts it again. */
  fail(name: string, reason: string): void {
    this.#fatal.set(name, reason);
  }

  get probes(): ReadonlyMap<string, ReadinessProbe> {
    return this.#probes;
  }

  get fatal(): ReadonlyMap<string, string> {
    return this.#fatal;
  }

  /** The reasons, by name, why the app is not ready; empty when it is. */
  async reasons(): Promise<Map<string, string>> {
    const reasons = new Map(this.#fatal);
    for (const [name, probe] of this.#probes) {
      const reason = await probe();
      if (reason !== undefined) reasons.set(name, reason);
    }
    return reasons;
  }
}
