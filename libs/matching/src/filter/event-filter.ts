export type Scalar = string | number | boolean | null;

/** One test of the value that a JSON pointer (RFC 6901) finds in the envelope: the very JSON that a delivery's body is. */
export type Comparison =
  | { readonly pointer: string; readonly eq: Scalar }
  | { readonly pointer: string; readonly in: readonly Scalar[] }
  | { readonly pointer: string; readonly prefix: string }
  | { readonly pointer: string; readonly exists: boolean }
  | { readonly pointer: string; readonly gt: number | string }
  | { readonly pointer: string; readonly lt: number | string };

export type Condition =
  | Comparison
  | { readonly and: readonly Condition[] }
  | { readonly or: readonly Condition[] }
  | { readonly not: Condition };

/** The parts of a filter that ask what an event is about. */
export const FACT_PARTS = ['devices', 'cohorts', 'tags', 'products'] as const;
export type FactPart = (typeof FACT_PARTS)[number];

/** Which of the events that a webhook named it really wants: all parts that are given must hold, and of a list any item. */
export type EventFilter = {
  /** PRNs or identifiers. */
  readonly devices?: readonly string[];
  /** PRNs. */
  readonly cohorts?: readonly string[];
  readonly tags?: readonly string[];
  /** PRNs. */
  readonly products?: readonly string[];
  readonly where?: Condition;
};
