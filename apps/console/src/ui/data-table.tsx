import { Button, Center, Loader, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Pages } from '../api/queries.js';
import { ProblemAlert } from './problem-alert.js';

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
}

interface TableProps<Row> {
  /** What it lists, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
}

/** A table; on a phone each row is a card whose cells say what they are. */
export function DataTable<Row>({ label, columns, rows, keyOf }: TableProps<Row>): ReactNode {
  return (
    <Table className="cards" verticalSpacing="xs" aria-label={label} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          {columns.map(({ name }) => (
            <Table.Th key={name} scope="col">
              {name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={keyOf(row)}>
            {columns.map(({ name, cell }) => (
              <Table.Td key={name} data-label={name}>
                {cell(row)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

interface PagedProps<Row> extends Omit<TableProps<Row>, 'rows'> {
  pages: Pages<Row>;
  /** In place of a table without rows. */
  empty: ReactNode;
}

/** A list of the API: its first page, and more at a press. */
export function PagedTable<Row>({ pages, empty, ...table }: PagedProps<Row>): ReactNode {
  if (pages.isLoading) return <Waiting />;
  if (pages.error !== null && pages.rows.length === 0)
    return <ProblemAlert error={pages.error} title="The list could not be read" retry={pages.refetch} />;
  // A page may be empty and not the last.
  if (pages.rows.length === 0 && !pages.hasMore) return empty;
  return (
    <>
      <ProblemAlert error={pages.error} title="The list may be out of date" retry={pages.refetch} />
      <DataTable rows={pages.rows} {...table} />
      {pages.hasMore && (
        <Center>
          <Button variant="default" loading={pages.isLoadingMore} onClick={pages.loadMore}>
            Show more
          </Button>
        </Center>
      )}
    </>
  );
}

export function Waiting(): ReactNode {
  return (
    <Center py="xl">
      <Loader aria-label="Loading" role="status" />
    </Center>
  );
}
