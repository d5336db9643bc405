import { KafkaError } from './kafka-error.js';

/** A chain of causes longer than this is a loop. */
const MAX_CAUSES = 10;

/** What Node calls a certificate that it does not take: OpenSSL's names, and its own for a certificate of somebody else. */
const CERTIFICATE = /^(?:ERR_TLS_CERT_ALTNAME_INVALID|.*_CERT(?:_.*)?|CERT_.*|UNABLE_TO_.*)$/;

/**
 * The error for a connection that no waiting will mend: the broker does not take who we say we are, or we do not take its certificate.
 * Undefined when it failed for any other reason.
 */
export function accessRefused(error: unknown): KafkaError | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth += 1) {
    const { name, message, cause } = current;
    if (name === 'KafkaJSSASLAuthenticationError')
      return new KafkaError('ACCESS_REFUSED', `${message} (KAFKA_SASL_*)`, { cause: error });
    if ('code' in current && typeof current.code === 'string' && CERTIFICATE.test(current.code))
      return new KafkaError('ACCESS_REFUSED', `${message} (KAFKA_SSL_CA_FILE)`, { cause: error });
    current = cause;
  }
  return undefined;
}
