// From a short description to the JSON that Grafana reads. `npm run docs` writes it to dashboards/.

const COLUMNS = 24;
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
const GREEN = { color: 'green', value: null };

/** Nothing to judge: the panel shows how much there is, not whether that is well. */
export const noLimit = [GREEN];
/** The more, the worse: yellow from `warn`, red from `bad`. */
export const atMost = (warn, bad) => [GREEN, { color: 'yellow', value: warn }, { color: 'red', value: bad }];
/** The less, the worse: red below `bad`, yellow below `warn`. */
export const atLeast = (bad, warn) => [
  { color: 'red', value: null },
  { color: 'yellow', value: bad },
  { color: 'green', value: warn },
];

/** The value of now, large. @param queries `[expression, legend]` each */
export function stat({ title, description, unit, thresholds, queries, width = 4 }) {
  return {
    type: 'stat',
    title,
    description,
    width,
    height: 4,
    fieldConfig: fieldConfig(unit, thresholds, {}),
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      colorMode: 'background',
      graphMode: 'area',
      textMode: queries.length > 1 ? 'value_and_name' : 'auto',
    },
    queries,
  };
}

/** Values over time; lines of the thresholds where there are any. */
export function graph({ title, description, unit, thresholds, queries, width = 8, stacked = false }) {
  const custom = {
    fillOpacity: stacked ? 40 : 8,
    showPoints: 'never',
    stacking: { mode: stacked ? 'normal' : 'none' },
    thresholdsStyle: { mode: thresholds.length > 1 ? 'dashed' : 'off' },
  };
  return {
    type: 'timeseries',
    title,
    description,
    width,
    height: 8,
    fieldConfig: fieldConfig(unit, thresholds, { min: 0, custom }),
    options: {
      legend: { displayMode: 'list', placement: 'bottom', calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    queries,
  };
}

const fieldConfig = (unit, steps, rest) => ({
  defaults: { unit, thresholds: { mode: 'absolute', steps }, ...rest },
  overrides: [],
});

/** A whole board. @param rows `{ title, panels }` each, filled from left to right */
export function board({ uid, title, description, rows }) {
  const panels = [];
  let y = 0;
  for (const { title: rowTitle, panels: described } of rows) {
    panels.push({ type: 'row', title: rowTitle, collapsed: false, gridPos: { x: 0, y, w: COLUMNS, h: 1 }, panels: [] });
    y += 1;
    let [x, lineHeight] = [0, 0];
    for (const { width, height, queries, ...panel } of described) {
      if (x + width > COLUMNS) [x, y, lineHeight] = [0, y + lineHeight, 0];
      panels.push({
        ...panel,
        datasource: DATASOURCE,
        gridPos: { x, y, w: width, h: height },
        targets: targets(queries),
      });
      x += width;
      lineHeight = Math.max(lineHeight, height);
    }
    y += lineHeight;
  }
  return {
    uid,
    title,
    description,
    tags: ['fleethook'],
    schemaVersion: 39,
    version: 1,
    editable: false,
    timezone: 'browser',
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: { list: [datasourceVariable(), consoleVariable()] },
    links: [
      {
        type: 'dashboards',
        title: 'Fleethook',
        tags: ['fleethook'],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
      },
      {
        type: 'link',
        title: 'Console: endpoints and deliveries',
        url: '${console}',
        targetBlank: true,
        icon: 'external link',
      },
    ],
    annotations: { list: [firingAlerts()] },
    panels: panels.map((panel, index) => ({ id: index + 1, ...panel })),
  };
}

const targets = (queries) =>
  queries.map(([expr, legendFormat], index) => ({
    refId: String.fromCodePoint(65 + index),
    datasource: DATASOURCE,
    expr,
    legendFormat,
  }));

const datasourceVariable = () => ({
  name: 'datasource',
  label: 'Prometheus',
  type: 'datasource',
  query: 'prometheus',
  current: {},
  hide: 0,
});

/** No metric names a webhook: which endpoint it is, the console shows. */
const consoleVariable = () => ({
  name: 'console',
  label: 'Console',
  type: 'textbox',
  query: 'http://localhost:4000',
  current: { text: 'http://localhost:4000', value: 'http://localhost:4000' },
  hide: 0,
});

const firingAlerts = () => ({
  name: 'Alerts',
  datasource: DATASOURCE,
  enable: true,
  iconColor: 'red',
  expr: 'ALERTS{alertstate="firing"}',
  titleFormat: '{{alertname}}',
  textFormat: '{{severity}} {{job}} {{group}} {{reason}}',
  step: '60s',
});
