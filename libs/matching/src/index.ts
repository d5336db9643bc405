export { SubscriptionIndex, type SubscribedWebhook, type Subscription } from './subscription-index.js';
