import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { SETTINGS_BY_APP } from '@fleethook/config';
import { createMetrics, METRIC_TABLE } from '@fleethook/observability';
import {
  alerts,
  boards,
  metricsIn,
  panels,
  recordedIn,
  rules,
  ruleTests,
  scrapeConfig,
  type Panel,
} from './monitoring-files.js';

const RUNBOOK = /^(docs\/operations\/alerts\/[a-z-]+\.md)#([a-z]+)$/;
/** What each alert's section says, in these words. */
const PARTS = ['**It means**', '**Look at**', '**Do**'];

describe('what the repository gives to Prometheus and Grafana', () => {
  it('names no metric that no app has', async () => {
    const metrics = createMetrics({ process: true });
    const ofNode = (await metrics.registry.getMetricsAsJSON()).map(({ name }) => name);
    const known = new Set([...Object.values(METRIC_TABLE).map(({ name }) => name), ...ofNode]);
    const expressions = [...rules(), ...panels().flatMap(({ targets }) => targets ?? [])].map(({ expr }) => expr);
    expect(expressions.length).toBeGreaterThan(100);
    expect(expressions.flatMap(metricsIn).filter((name) => !known.has(name))).toEqual([]);
    const recorded = new Set(rules().map(({ record }) => record));
    expect(expressions.flatMap(recordedIn).filter((name) => !recorded.has(name))).toEqual([]);
  });

  it('names only labels that the metric has', () => {
    const labels = new Map<string, readonly string[]>(
      Object.values(METRIC_TABLE).map(({ name, labels }) => [name, labels]),
    );
    const ofPrometheus = ['job', 'instance', 'le'];
    const selectors = [...rules(), ...panels().flatMap(({ targets }) => targets ?? [])].flatMap(({ expr }) => [
      ...expr.matchAll(/\b((?:fleethook|kafka)_[a-z0-9_]+?)(?:_bucket)?\{([^}]*)\}/g),
    ]);
    expect(selectors.length).toBeGreaterThan(20);
    for (const [, name = '', matchers = ''] of selectors)
      for (const [, label = ''] of matchers.matchAll(/([a-z_]+)\s*[=!]/g))
        expect([name, ...ofPrometheus, ...(labels.get(name) ?? [])]).toContain(label);
  });

  it('says of every alert how bad it is, what it is, and where its runbook is, which says what to do', () => {
    expect(alerts().length).toBeGreaterThan(30);
    for (const { alert, labels, annotations } of alerts()) {
      expect(labels?.['severity']).toMatch(/^(critical|warning)$/);
      expect([annotations?.['summary'], annotations?.['description']]).not.toContain(undefined);
      const [, page = '', anchor = ''] = RUNBOOK.exec(annotations?.['runbook'] ?? '') ?? [];
      expect([alert, page, existsSync(page)]).toEqual([alert, page, true]);
      expect(anchor).toBe(alert.toLowerCase());
      const section = sectionOf(readFileSync(page, 'utf8'), alert);
      for (const part of PARTS) expect([alert, section.includes(part)]).toEqual([alert, true]);
    }
  });

  it('has a runbook for no alert that is gone', () => {
    const pages = new Set(alerts().map(({ annotations }) => annotations?.['runbook']?.split('#')[0] ?? ''));
    const headings = [...pages].flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(/^## (\w+)$/gm)].map(([, heading]) => heading),
    );
    expect(new Set(headings)).toEqual(new Set(alerts().map(({ alert }) => alert)));
  });

  it('tests every alert, that it fires and that it does not', () => {
    const byAlert = new Map<string, { fires: boolean; isSilent: boolean }>();
    for (const { name, promql_expr_test: checks } of ruleTests()) {
      for (const { expr, exp_samples: samples } of checks) {
        expect(expr).toContain(`"${name}"`);
        const known = byAlert.get(name) ?? { fires: false, isSilent: false };
        byAlert.set(name, {
          fires: known.fires || samples.length > 0,
          isSilent: known.isSilent || samples.length === 0,
        });
      }
    }
    const untested = alerts().filter(({ alert }) => {
      const tested = byAlert.get(alert);
      return tested?.fires !== true || !tested.isSilent;
    });
    expect(untested.map(({ alert }) => alert)).toEqual([]);
  });

  it('scrapes every app where it listens by default', () => {
    const config = scrapeConfig() as {
      scrape_configs: { job_name: string; dns_sd_configs?: { names: string[]; port: number }[] }[];
    };
    const scraped = config.scrape_configs.flatMap(({ job_name: job, dns_sd_configs: found = [] }) =>
      found.map(({ names, port }) => [job, names, String(port)]),
    );
    const apps = (['ingest', 'router', 'delivery', 'recorder', 'api'] as const).map((app) => [
      app,
      [app],
      SETTINGS_BY_APP[app].port.defaultText,
    ]);
    expect(scraped).toEqual(apps);
  });

  it('has panels that say what they show, in which unit, and when to worry', () => {
    expect(panels().length).toBeGreaterThan(50);
    for (const { title, description = '', fieldConfig, targets = [] } of panels()) {
      expect([title, description.length > 20]).toEqual([title, true]);
      expect(fieldConfig?.defaults.unit).toMatch(/^[a-z]+$/);
      expect(fieldConfig?.defaults.thresholds?.steps.length).toBeGreaterThan(0);
      expect([title, targets.length > 0 && targets.every(({ legendFormat }) => legendFormat !== '')]).toEqual([
        title,
        true,
      ]);
    }
  });

  it('has boards of their own names, whose panels do not overlap', () => {
    expect(new Set(boards().map(({ uid }) => uid)).size).toBe(boards().length);
    for (const board of boards())
      for (const [index, one] of board.panels.entries())
        for (const other of board.panels.slice(index + 1)) expect(overlap(one, other)).toBe(false);
  });
});

function sectionOf(page: string, heading: string): string {
  const [, rest = ''] = page.split(`\n## ${heading}\n`);
  return rest.split('\n## ')[0] ?? '';
}

function overlap({ gridPos: one }: Panel, { gridPos: other }: Panel): boolean {
  const apart =
    one.x + one.w <= other.x || other.x + other.w <= one.x || one.y + one.h <= other.y || other.y + other.h <= one.y;
  return !apart || one.x + one.w > 24;
}
