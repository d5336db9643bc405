export type Bound = { readonly atLeast: number } | { readonly atMost: number } | { readonly atMostMore: number };

/** One line of the bench's table: a figure, its reference taken in the same run, and the floor of their ratio. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly measured: number;
  readonly reference: number;
  readonly referenceName: string;
  /** Of measured / reference: at least, or at most; or at most so much more than the reference, in the figure's unit. */
  readonly bound: Bound;
  /** Where the CPU went, in microseconds per unit, by process. */
  readonly cpuMicrosBy?: Readonly<Record<string, number>>;
}

export const ratioOf = (figure: Figure): number => figure.measured / figure.reference;

export function holds(figure: Figure): boolean {
  if ('atLeast' in figure.bound) return ratioOf(figure) >= figure.bound.atLeast;
  if ('atMost' in figure.bound) return ratioOf(figure) <= figure.bound.atMost;
  return figure.measured - figure.reference <= figure.bound.atMostMore;
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(0)} %`;
const amount = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1));

export function tableOf(figures: readonly Figure[]): string {
  const head = ['figure', 'measured', 'reference', 'ratio', 'bound', ''];
  const rows = figures.map((figure) => [
    figure.name,
    `${amount(figure.measured)} ${figure.unit}`,
    `${amount(figure.reference)} (${figure.referenceName})`,
    percent(ratioOf(figure)),
    boundText(figure),
    holds(figure) ? 'ok' : 'MISSED',
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .join('\n');
}

function boundText({ bound, unit }: Figure): string {
  if ('atLeast' in bound) return `>= ${percent(bound.atLeast)}`;
  return 'atMost' in bound ? `<= ${percent(bound.atMost)}` : `<= ${bound.atMostMore} ${unit} more`;
}

/** The parts of a figure's cost, largest first; empty when it was not split. */
export function costOf(figure: Figure): string {
  return Object.entries(figure.cpuMicrosBy ?? {})
    .toSorted((one, other) => other[1] - one[1])
    .map(([name, micros]) => `${name} ${micros.toFixed(0)}`)
    .join(', ');
}
