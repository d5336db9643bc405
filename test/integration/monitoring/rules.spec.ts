import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PROMETHEUS_FOLDER } from '../../support/monitoring/monitoring-files.js';
import { prometheusSource, promtool } from '../../support/monitoring/prometheus-tools.js';

const withPromtool = prometheusSource() === undefined ? describe.skip : describe;

withPromtool('rules of Prometheus', () => {
  it('are taken by Prometheus, with the configuration', () => {
    const { code, output } = promtool(PROMETHEUS_FOLDER, (folder) => [
      'check',
      'config',
      join(folder, 'prometheus.yml'),
    ]);
    expect([code, output]).toEqual([0, expect.stringContaining('rule files found')]);
  });

  it('fire when they should, and only then', () => {
    const tests = readdirSync(join(PROMETHEUS_FOLDER, 'tests'));
    const { code, output } = promtool(PROMETHEUS_FOLDER, (folder) => [
      'test',
      'rules',
      ...tests.map((file) => join(folder, 'tests', file)),
    ]);
    expect([code, code === 0 ? '' : output]).toEqual([0, '']);
  });
});
