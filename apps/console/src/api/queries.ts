import {
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
  type UseMutationResult,
} from '@tanstack/react-query';
import type { Ask, Operation, ReplyOf } from '@fleethook/contract';
import { call } from './client.js';
import { everyRow } from './every-row.js';

type Get = Extract<Operation, `GET ${string}`>;
type Change = Exclude<Operation, Get>;
/** A list in pages: its reply has `next_page` beside the rows. */
type Paged = { [O in Get]: ReplyOf<O> extends { readonly next_page: string | null } ? O : never }[Get];
type Rows<O extends Paged> = Exclude<keyof ReplyOf<O>, 'next_page'>;

/** One question to the API, under a key by which changes can call it stale. */
export function asking<O extends Get>(operation: O, ask: Ask<O>) {
  return queryOptions({ queryKey: [operation, ask], queryFn: ({ signal }) => call(operation, ask, signal) });
}

/** As many as a page of the API holds. */
const MOST_ROWS = 100;

/** A whole list: to choose from, or to look names up in. @param rows the reply's field that holds them */
export function askingAll<O extends Paged>(operation: O, rows: Rows<O>) {
  return queryOptions({
    queryKey: [operation, 'all'],
    queryFn: ({ signal }) =>
      everyRow(async (page) => {
        const reply = await call(operation, { query: { limit: MOST_ROWS, page } } as Ask<O>, signal);
        return {
          rows: reply[rows] as readonly RowOf<O>[],
          next: (reply as { next_page: string | null }).next_page,
        };
      }),
  });
}

export interface Pages<Row> {
  readonly rows: readonly Row[];
  /** While the first page is not there. */
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly loadMore: () => void;
  readonly refetch: () => void;
}

export const PAGE_ROWS = 25;

type RowOf<O extends Paged> = ReplyOf<O>[Rows<O>] extends readonly (infer Row)[] ? Row : never;

/** A list that grows page by page. @param rows the reply's field that holds them */
export function usePages<O extends Paged>(
  operation: O,
  rows: Rows<O>,
  ask: Ask<O>,
  { refetchMs, enabled = true }: { refetchMs?: number | undefined; enabled?: boolean } = {},
): Pages<RowOf<O>> {
  const result = useInfiniteQuery({
    queryKey: [operation, ask],
    queryFn: ({ pageParam, signal }) => {
      const { query = {} } = ask as { query?: object };
      return call(operation, { ...ask, query: { limit: PAGE_ROWS, ...query, page: pageParam ?? undefined } }, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last as { next_page: string | null }).next_page,
    placeholderData: keepPreviousData,
    refetchInterval: refetchMs ?? false,
    enabled,
  });
  return {
    rows: (result.data?.pages ?? []).flatMap((page) => page[rows] as readonly RowOf<O>[]),
    isLoading: result.isPending && enabled,
    error: result.error,
    hasMore: result.hasNextPage,
    isLoadingMore: result.isFetchingNextPage,
    loadMore: () => void result.fetchNextPage(),
    refetch: () => void result.refetch(),
  };
}

/**
 * A change, after which everything that is shown under a name that begins like one of `stale` is asked for again: at once, or with
 * `isLeaving` when it is shown next, for what is on the page is no more.
 */
export function useChange<O extends Change>(
  operation: O,
  stale: readonly string[],
  { isLeaving = false } = {},
): UseMutationResult<ReplyOf<O>, Error, Ask<O>> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ask: Ask<O>) => call(operation, ask),
    onSuccess: () =>
      client.invalidateQueries({
        predicate: ({ queryKey: [key] }) =>
          typeof key === 'string' && stale.some((name) => key.startsWith(`GET ${name}`)),
        refetchType: isLeaving ? 'none' : 'active',
      }),
  });
}
