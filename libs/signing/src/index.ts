export { newSecret, secretBytes, standardWebhooksSecret, type SigningKey } from './secret.js';
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
