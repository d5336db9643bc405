import { printable, type Meaning, type Paint } from './style.js';

export interface Cell {
  readonly text: string;
  readonly meaning?: Meaning;
}

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => string | Cell;
  readonly align?: 'right';
  /** Cut, with an ellipsis, when the table would be too wide; others never are. */
  readonly canShrink?: boolean;
}

const GAP = '  ';
const ELLIPSIS = '…';
/** A column says nothing below it. */
const MIN_WIDTH = 8;

/** @param width in columns; undefined = as wide as it gets @returns its lines, without trailing blanks */
export function tableLines<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  paint: Paint,
  width: number | undefined,
): string[] {
  const cells = rows.map((row) => columns.map((column) => cellOf(column.cell(row))));
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...cells.map((row) => widthOf(row[index]?.text ?? ''))),
  );
  if (width !== undefined) shrink(columns, widths, width);
  const head = columns.map(({ title }) => ({ text: title, meaning: 'faint' as const }));
  return [head, ...cells].map((row) => lineOf(columns, row, widths, paint));
}

function cellOf(cell: string | Cell): Cell {
  return typeof cell === 'string' ? { text: printable(cell) } : { ...cell, text: printable(cell.text) };
}

/** Takes from the widest column that may be cut, until it fits or none is left. */
function shrink<T>(columns: readonly Column<T>[], widths: number[], width: number): void {
  const total = (): number => widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1);
  while (total() > width) {
    let widest = -1;
    for (const [index, { canShrink }] of columns.entries())
      if (canShrink === true && (widths[index] ?? 0) > Math.max(MIN_WIDTH, widths[widest] ?? 0)) widest = index;
    if (widest === -1) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

function lineOf<T>(
  columns: readonly Column<T>[],
  row: readonly Cell[],
  widths: readonly number[],
  paint: Paint,
): string {
  let line = '';
  for (const [index, cell] of row.entries()) {
    const width = widths[index] ?? 0;
    const text = cut(cell.text, width);
    const blanks = ' '.repeat(width - widthOf(text));
    const painted = cell.meaning === undefined ? text : paint(cell.meaning, text);
    const isLast = index === row.length - 1;
    if (index > 0) line += GAP;
    line += columns[index]?.align === 'right' ? blanks + painted : painted + (isLast ? '' : blanks);
  }
  return line.trimEnd();
}

function widthOf(text: string): number {
  return Array.from(text).length;
}

export function cut(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}${ELLIPSIS}`;
}
