import { describe, expect, it } from '@jest/globals';
import { accessRefused } from './access-fault.js';

const withCode = (code: string): Error => Object.assign(new Error(`Connection error: ${code}`), { code });
const wrapped = (cause: Error): Error => Object.assign(new Error('retries exceeded'), { cause });

describe('a refused access', () => {
  it.each([
    'SELF_SIGNED_CERT_IN_CHAIN',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('is a certificate that is not taken: %s', (code) => {
    expect(accessRefused(wrapped(withCode(code)))?.message).toContain('KAFKA_SSL_CA_FILE');
  });

  it('is a broker that does not know us', () => {
    const error = Object.assign(new Error('authentication failed'), { name: 'KafkaJSSASLAuthenticationError' });
    expect(accessRefused(wrapped(error))).toMatchObject({ code: 'ACCESS_REFUSED' });
  });

  it.each([withCode('ECONNREFUSED'), withCode('ECONNRESET'), new Error('timeout'), undefined, 'text'])(
    'is nothing that waiting may mend: %p',
    (error) => {
      expect(accessRefused(error)).toBeUndefined();
    },
  );
});
