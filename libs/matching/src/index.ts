export {
  SubscriptionIndex,
  type SubscribedWebhook,
  type Subscription,
  type SubscriptionIndexOptions,
} from './subscription-index.js';
export { MATCHING_ERRORS, MatchingError, type MatchingErrorCode } from './matching-error.js';
export type { Comparison, Condition, EventFilter } from './filter/event-filter.js';
export { FILTER_LIMITS } from './filter/filter-limits.js';
export { EventFilterField } from './filter/filter.schema.js';
export { readFilter, type FilterRead } from './filter/read-filter.js';
export { EventFacts } from './filter/event-facts.js';
export { compileFilter, type EventPredicate } from './filter/compile-filter.js';
export { deferredFilter } from './filter/deferred-filter.js';
export { explainFilter, type Decision, type Explanation } from './filter/explain-filter.js';
