import { InvalidFields } from './problems.js';

/** A body may repeat the PRN of what it is for, as Peridio's client does, and say no other. @throws InvalidFields */
export function checkPathPrn(path: string, body: { readonly prn?: string | undefined }): void {
  if (body.prn !== undefined && body.prn !== path)
    throw new InvalidFields({ prn: ['is not the PRN in the path, and cannot be changed'] });
}
