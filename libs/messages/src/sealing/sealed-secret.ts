import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { MessageError } from '../message-error.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals webhook secrets wherever they rest, in PostgreSQL and in the topic: AES-256-GCM, the owner's PRN authenticated beside it, so
 * that a sealed secret cannot be moved to another webhook. Text form: `1.<key id>.<base64url of nonce, ciphertext, tag>`.
 */
export class SecretSealer {
  readonly #keys: readonly { id: string; key: Buffer }[];

  /** @param keysBase64 the first seals, all open */
  constructor(keysBase64: readonly string[]) {
    if (keysBase64.length === 0) throw new RangeError('SECRETS_KEY must name at least one key');
    this.#keys = keysBase64.map((text) => {
      const key = Buffer.from(text, 'base64');
      if (key.length !== 32) throw new RangeError('SECRETS_KEY must hold 32 bytes in base64');
      return { id: createHash('sha256').update('fleethook key id').update(key).digest('hex').slice(0, 8), key };
    });
  }

  seal(secret: Buffer, owner: string): string {
    const [first] = this.#keys;
    if (first === undefined) throw new RangeError('SECRETS_KEY must name at least one key');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, first.key, nonce).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    return `1.${first.id}.${sealed.toString('base64url')}`;
  }

  /** @throws MessageError SECRET_UNREADABLE */
  open(sealed: string, owner: string): Buffer {
    const [version, id, text] = sealed.split('.');
    const found = this.#keys.find((key) => key.id === id);
    if (version !== '1' || text === undefined || found === undefined)
      throw new MessageError('SECRET_UNREADABLE', `sealed for ${owner}`);
    const bytes = Buffer.from(text, 'base64url');
    try {
      const decipher = createDecipheriv(ALGORITHM, found.key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(owner))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch (cause) {
      throw new MessageError('SECRET_UNREADABLE', `sealed for ${owner}`, { cause });
    }
  }

  /** True when another key than the first sealed it: rotation has it still to do. */
  isStale(sealed: string): boolean {
    return sealed.split('.')[1] !== this.#keys[0]?.id;
  }
}
