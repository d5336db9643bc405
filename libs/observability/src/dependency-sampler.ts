import { Inject, Injectable } from '@nestjs/common';
import { Readiness, type ReadinessProbe } from './health/readiness.js';
import type { Metrics } from './metrics.js';
import { METRICS } from './observability.tokens.js';

/** A probe that has not answered by then counts as failed: a scrape must not wait for what is away. */
const ANSWER_WITHIN_MS = 2_000;

/** Asks the readiness probes when metrics are read, so that what is away can be seen without anything that asks on its own. */
@Injectable()
export class DependencySampler {
  constructor(
    private readonly readiness: Readiness,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  async sample(): Promise<void> {
    const { probes, fatal } = this.readiness;
    await Promise.all(
      [...probes].map(async ([dependency, probe]) => {
        const isUp = !fatal.has(dependency) && (await answersWell(probe));
        this.metrics.dependencyUp.set({ dependency }, isUp ? 1 : 0);
      }),
    );
  }
}

async function answersWell(probe: ReadinessProbe): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ANSWER_WITHIN_MS, false);
  });
  try {
    return await Promise.race([Promise.resolve(probe()).then((reason) => reason === undefined), overdue]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
