/** A page of a list in the order of making. */
export interface Listing {
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  /** Where the page before ended. */
  readonly after: { readonly insertedAtMs: number; readonly prn: string } | undefined;
}
