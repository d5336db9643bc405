import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { MessageError } from '../message-error.js';
import { SecretSealer } from './sealed-secret.js';

const oldKey = randomBytes(32).toString('base64');
const newKey = randomBytes(32).toString('base64');
const secret = randomBytes(16);
const owner = 'prn:1:a:webhook:b';

describe('SecretSealer', () => {
  it('opens what it sealed, which shows nothing of the secret', () => {
    const sealer = new SecretSealer([newKey]);
    const sealed = sealer.seal(secret, owner);
    expect(sealer.open(sealed, owner)).toEqual(secret);
    expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').includes(secret)).toBe(false);
    expect(sealer.seal(secret, owner)).not.toBe(sealed);
  });

  it('opens with the older key while rotating, and says that it is stale', () => {
    const sealed = new SecretSealer([oldKey]).seal(secret, owner);
    const rotating = new SecretSealer([newKey, oldKey]);
    expect(rotating.open(sealed, owner)).toEqual(secret);
    expect(rotating.isStale(sealed)).toBe(true);
    expect(rotating.isStale(rotating.seal(secret, owner))).toBe(false);
    expect(() => new SecretSealer([newKey]).open(sealed, owner)).toThrow(MessageError);
  });

  it('refuses a secret that was moved to another owner, or changed', () => {
    const sealer = new SecretSealer([newKey]);
    const sealed = sealer.seal(secret, owner);
    expect(() => sealer.open(sealed, 'prn:1:a:webhook:c')).toThrow('opens with none of the keys');
    expect(() => sealer.open(`${sealed.slice(0, -4)}AAAA`, owner)).toThrow(MessageError);
    expect(() => sealer.open('', owner)).toThrow(MessageError);
  });
});
