import type { Sample } from './sample.js';

const WIDTH = 900;
const PANEL = 150;
const [LEFT, TOP, BOTTOM] = [60, 24, 20];
const COLOURS = ['#1971c2', '#e8590c', '#2f9e44', '#9c36b5', '#e03131'];

/** One panel per unit, one line per series: an SVG that any browser shows. @param everySeconds between two samples */
export function plotOf(samples: readonly Sample[], everySeconds: number): string {
  const panels = Map.groupBy(Object.keys(samples[0] ?? {}), (series) => unitOf(series));
  const drawn = [...panels].map(([unit, series], index) => panelOf(samples, unit, series, index * PANEL));
  const minutes = Math.round((samples.length * everySeconds) / 60);
  const height = panels.size * PANEL + BOTTOM;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
${drawn.join('\n')}
<text x="${LEFT}" y="${height - 6}">0</text><text x="${WIDTH - 60}" y="${height - 6}">${minutes} min</text>
</svg>
`;
}

/** `delivery rss MiB` is of the unit `rss MiB`: an app's name comes first, if it is an app's. */
function unitOf(series: string): string {
  return series.replace(/^(ingest|router|delivery|recorder|api) /, '');
}

function panelOf(samples: readonly Sample[], unit: string, series: readonly string[], top: number): string {
  const most = Math.max(1, ...samples.flatMap((sample) => series.map((name) => sample[name] ?? 0)));
  const x = (index: number): number => LEFT + (index / Math.max(1, samples.length - 1)) * (WIDTH - LEFT - 20);
  const y = (value: number): number => top + PANEL - (value / most) * (PANEL - TOP);
  const lines = series.map((name, index) => {
    const points = samples.map((sample, at) => `${x(at).toFixed(1)},${y(sample[name] ?? 0).toFixed(1)}`).join(' ');
    const colour = COLOURS[index % COLOURS.length] ?? '#000';
    const label = `<text x="${LEFT + 150 + index * 130}" y="${top + 14}" fill="${colour}">${name.replace(unit, '').trim()}</text>`;
    return `<polyline points="${points}" fill="none" stroke="${colour}"/>${label}`;
  });
  return `<text x="${LEFT}" y="${top + 14}" font-weight="bold">${unit}</text><text x="4" y="${top + TOP + 8}">${most.toFixed(0)}</text>
<line x1="${LEFT}" x2="${WIDTH - 20}" y1="${top + PANEL}" y2="${top + PANEL}" stroke="#ced4da"/>
${lines.join('\n')}`;
}
