/** A list longer than this is not read to its end: nobody chooses among so many, and every page costs a request. */
export const MAX_PAGES = 20;

interface Page<Row> {
  readonly rows: readonly Row[];
  /** Null: it is the last one. */
  readonly next: string | null;
}

/** All rows of a list that the API gives in pages. @param read undefined: the first page */
export async function everyRow<Row>(read: (page: string | undefined) => Promise<Page<Row>>): Promise<Row[]> {
  const rows: Row[] = [];
  let next: string | null | undefined;
  for (let pages = 0; pages < MAX_PAGES && next !== null; pages += 1) {
    // Each page's name is in the one before it.
    // oxlint-disable-next-line no-await-in-loop
    const page = await read(next);
    rows.push(...page.rows);
    ({ next } = page);
  }
  return rows;
}
