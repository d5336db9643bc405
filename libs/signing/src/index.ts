export { newSecret, parseSecret, secretBytes, standardWebhooksSecret, type SigningKey } from './secret.js';
export { signPeridio, signStandardWebhooks } from './sign.js';
export {
  DEFAULT_TOLERANCE_SECONDS,
  SIGNATURE_FAULTS,
  verifyPeridio,
  verifyStandardWebhooks,
  type PeridioHeaders,
  type SignatureFault,
  type StandardWebhooksHeaders,
  type Verification,
  type VerifyOptions,
} from './verify.js';
export { eventName, verifyWebhook, type RawBody, type WebhookEvent, type WebhookHeaders } from './verify-webhook.js';
export {
  RetryLater,
  WEBHOOK_ERRORS,
  WebhookError,
  type WebhookErrorCode,
  type WebhookErrorOptions,
} from './webhook-error.js';
export { MemorySeenEvents, type Claim, type SeenEvents } from './seen-events.js';
export { WebhookReceiver, type Delivery, type WebhookReceiverOptions, type WebhookReply } from './webhook-receiver.js';
export { expressHandler, nodeHandler, type NodeRequest, type NodeResponse } from './handlers/node.js';
export { fetchHandler, type FetchBodyReader, type FetchRequest } from './handlers/fetch.js';
export {
  fastifyPlugin,
  type FastifyInstanceLike,
  type FastifyReplyLike,
  type FastifyRequestLike,
} from './handlers/fastify.js';
export { nestHandler, type NestRequestLike, type NestResponseLike } from './handlers/nest.js';
