export interface Option {
  readonly value: string;
  readonly label: string;
}

/**
 * Options to choose from, and what is chosen among them even when the list does not have it (not yet, or no more): a browser would show the
 * first option in its place.
 */
export const offered = (
  options: readonly Option[],
  chosen: string,
  labelOf: (value: string) => string = (value) => value,
): Option[] =>
  chosen === '' || options.some(({ value }) => value === chosen)
    ? [...options]
    : [...options, { value: chosen, label: labelOf(chosen) }];
