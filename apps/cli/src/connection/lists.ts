import type { Operation, ReplyOf } from '@fleethook/contract';

/** Those that answer with a page of a list. */
export type ListOperation = {
  [O in Operation]: ReplyOf<O> extends { readonly next_page: string | null } ? O : never;
}[Operation];

export type ItemOf<O extends ListOperation> = ReplyOf<O>[Exclude<
  keyof ReplyOf<O>,
  'next_page'
>] extends readonly (infer T)[]
  ? T
  : never;
