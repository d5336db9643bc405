import { describe, expect, it } from '@jest/globals';
import { METRIC_TABLE } from './metric-table.js';
import { createMetrics } from './metrics.js';

const FORBIDDEN_LABELS = ['webhook', 'device', 'url', 'organization', 'prn'];

describe('metrics', () => {
  it('follow the naming rules: own prefix, base unit, total only on counters', () => {
    for (const spec of Object.values(METRIC_TABLE)) {
      expect(spec.name).toMatch(/^fleethook_[a-z0-9_]+$/);
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
});
