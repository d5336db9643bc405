import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { types } from 'node:util';
import type { z } from 'zod';
import { text } from './values.js';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * A file of certificates in PEM. It is read here already: what cannot be used of it shows up elsewhere only when something is connected, as
 * an app that does not start or as endpoints that cannot be reached.
 */
export function certificateFile(): z.ZodType<string, string | undefined> {
  return text().superRefine((file, context) => {
    const fault = faultOf(file);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: `names ${file}, ${fault}` });
  });
}

function faultOf(file: string): string | undefined {
  let certificates: readonly string[];
  try {
    certificates = readFileSync(file, 'latin1').match(PEM_CERTIFICATE) ?? [];
  } catch (error) {
    const code = types.isNativeError(error) && 'code' in error ? String(error.code) : 'unknown';
    return `which cannot be read (${code})`;
  }
  if (certificates.length === 0) return 'which holds no certificate in PEM';
  const bad = certificates.findIndex((pem) => !isCertificate(pem));
  return bad === -1 ? undefined : `whose certificate ${bad + 1} is not one`;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
