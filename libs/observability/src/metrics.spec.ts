import { describe, expect, it } from '@jest/globals';
import { Readiness } from './health/readiness.js';
import { DependencySampler } from './dependency-sampler.js';
import { startAtZero } from './known-labels.js';
import { METRIC_TABLE } from './metric-table.js';
import { createMetrics } from './metrics.js';

/** Under which dashboards and autoscalers already look for them. */
const NAMES_OF_THE_KAFKA_EXPORTER = [
  'kafka_consumergroup_lag',
  'kafka_consumergroup_current_offset',
  'kafka_topic_partition_current_offset',
];
const FORBIDDEN_LABELS = ['webhook', 'device', 'url', 'organization', 'prn'];

describe('metrics', () => {
  it('follow the naming rules: own prefix, base unit, total only on counters', () => {
    for (const spec of Object.values(METRIC_TABLE)) {
      const isBorrowed = NAMES_OF_THE_KAFKA_EXPORTER.includes(spec.name);
      expect(spec.name).toMatch(isBorrowed ? /^kafka_[a-z_]+$/ : /^fleethook_[a-z0-9_]+$/);
      expect(spec.name.endsWith('_total')).toBe(spec.type === 'counter');
      expect(spec.type !== 'histogram' || spec.name.endsWith('_seconds')).toBe(true);
      expect(spec.help.length).toBeGreaterThan(10);
    }
    const names = Object.values(METRIC_TABLE).map((spec) => spec.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('have no label that grows with the fleet', () => {
    for (const spec of Object.values(METRIC_TABLE))
      for (const label of spec.labels) expect(FORBIDDEN_LABELS).not.toContain(label);
  });

  it('are made when first used, per process', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.attempts.inc({ outcome: 'delivered', try: 'first' });
    expect(await one.registry.metrics()).toContain(
      'fleethook_delivery_attempts_total{outcome="delivered",try="first"} 1',
    );
    expect(await other.registry.metrics()).toBe('\n');
  });

  it('show 0 before there is anything to count, so that the first count is an increase', async () => {
    const metrics = createMetrics();
    startAtZero(metrics.dead, 'reason', ['gone', 'horizon_reached']);
    metrics.dead.inc({ reason: 'gone' });
    const printed = await metrics.registry.metrics();
    expect(printed).toContain('fleethook_delivery_dead_total{reason="gone"} 1');
    expect(printed).toContain('fleethook_delivery_dead_total{reason="horizon_reached"} 0');
  });

  it('say what is away: what says so, what throws, what does not answer and what cannot go on', async () => {
    const [metrics, readiness] = [createMetrics(), new Readiness()];
    readiness.add('kafka', () => undefined);
    readiness.add('postgresql', () => Promise.resolve('no route'));
    readiness.add('configuration', () => Promise.reject(new Error('bug')));
    readiness.add('silent', () => new Promise<undefined>(() => {}));
    readiness.add('dead', () => undefined);
    readiness.fail('dead', 'crashed');
    await new DependencySampler(readiness, metrics).sample();
    const values = (await metrics.dependencyUp.get()).values.map(({ labels, value }) => [labels.dependency, value]);
    expect(Object.fromEntries(values)).toEqual({ kafka: 1, postgresql: 0, configuration: 0, silent: 0, dead: 0 });
  });
});
