import type { Comparison } from './event-filter.js';

/** Whether the value that was found passes; undefined: nothing was there. */
export type ValueTest = (value: unknown) => boolean;

/**
 * What a comparison asks of a value. Nothing is converted: a number is never equal to, above or below a text; what is not there passes
 * only `{"exists": false}`. Texts are ordered by UTF-16 code unit, which is right for ISO 8601 times of one form, and wrong for versions.
 */
export function testOf(comparison: Comparison): ValueTest {
  if ('eq' in comparison) {
    const { eq } = comparison;
    return (value) => value === eq;
  }
  if ('in' in comparison) {
    const { in: wanted } = comparison;
    return (value) => (wanted as readonly unknown[]).includes(value);
  }
  if ('prefix' in comparison) {
    const { prefix } = comparison;
    return (value) => typeof value === 'string' && value.startsWith(prefix);
  }
  if ('exists' in comparison) {
    const { exists } = comparison;
    return (value) => (value !== undefined) === exists;
  }
  if ('gt' in comparison) {
    const { gt } = comparison;
    return (value) => typeof value === typeof gt && (value as typeof gt) > gt;
  }
  const { lt } = comparison;
  return (value) => typeof value === typeof lt && (value as typeof lt) < lt;
}
