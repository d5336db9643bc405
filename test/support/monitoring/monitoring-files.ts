import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What the repository gives to Prometheus and Grafana, as data. */

export interface Rule {
  readonly file: string;
  readonly expr: string;
  /** One of the two. */
  readonly alert?: string;
  readonly record?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Panel {
  readonly board: string;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly thresholds?: { readonly steps: readonly unknown[] } };
  };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

export interface RuleTest {
  readonly name: string;
  readonly promql_expr_test: readonly { readonly expr: string; readonly exp_samples: readonly unknown[] }[];
}

export const PROMETHEUS_FOLDER = join(process.cwd(), 'docker/prometheus');
const DASHBOARDS_FOLDER = join(process.cwd(), 'docker/grafana/dashboards');
const METRIC_NAME = /\b(fleethook_[a-z0-9_]+|kafka_[a-z_]+)\b/g;
const RECORDED_NAME = /\bfleethook:[a-z0-9_:]+/g;

export function rules(): Rule[] {
  return filesIn('rules').flatMap(({ file, content }) => {
    const { groups } = content as { groups: { rules: Omit<Rule, 'file'>[] }[] };
    return groups.flatMap((group) => group.rules.map((rule) => ({ ...rule, file })));
  });
}

export function alerts(): (Rule & { readonly alert: string })[] {
  return rules().filter((rule): rule is Rule & { alert: string } => rule.alert !== undefined);
}

export function ruleTests(): RuleTest[] {
  return filesIn('tests').flatMap(({ content }) => (content as { tests: RuleTest[] }).tests);
}

export function scrapeConfig(): unknown {
  return parse(readFileSync(join(PROMETHEUS_FOLDER, 'prometheus.yml'), 'utf8'));
}

export function boards(): { readonly file: string; readonly uid: string; readonly panels: readonly Panel[] }[] {
  return readdirSync(DASHBOARDS_FOLDER).map((file) => {
    const board = JSON.parse(readFileSync(join(DASHBOARDS_FOLDER, file), 'utf8')) as {
      uid: string;
      panels: Omit<Panel, 'board'>[];
    };
    return { file, uid: board.uid, panels: board.panels.map((panel) => ({ ...panel, board: file })) };
  });
}

/** Panels that show something: all but the headings of rows. */
export function panels(): Panel[] {
  return boards().flatMap((board) => board.panels.filter(({ type }) => type !== 'row'));
}

/** Names of our metrics, and of those of the Kafka exporter, without the endings of a histogram's series. */
export function metricsIn(expr: string): string[] {
  return [...expr.matchAll(METRIC_NAME)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''));
}

export function recordedIn(expr: string): string[] {
  return [...expr.matchAll(RECORDED_NAME)].map(([name]) => name);
}

function filesIn(folder: string): { file: string; content: unknown }[] {
  return readdirSync(join(PROMETHEUS_FOLDER, folder))
    .filter((file) => file.endsWith('.yml'))
    .map((file) => ({ file, content: parse(readFileSync(join(PROMETHEUS_FOLDER, folder, file), 'utf8')) as unknown }));
}
