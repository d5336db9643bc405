import { prnPattern, type ResourceType } from '@fleethook/events';
import { z } from 'zod';
import { InvalidFields } from '../errors/problems.js';

/** A PRN in a body that goes without saying, as Peridio's client says it: of what the path names, or of the key's organization. */
export const repeatedPrn = (type: ResourceType) =>
  z
    .string('must be a PRN')
    .optional()
    .meta({ pattern: prnPattern(type) });

/** The body names what the path names, or nothing. @throws InvalidFields */
export function checkPathPrn(path: string, body: { readonly prn?: string | undefined }): void {
  if (body.prn !== undefined && body.prn !== path)
    throw new InvalidFields({ prn: ['is not the PRN in the path, and cannot be changed'] });
}
