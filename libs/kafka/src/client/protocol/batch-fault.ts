/** A batch cannot be read; the message says why, in words for whoever wrote it. */
export class BatchFault extends Error {
  override readonly name = 'BatchFault';
}

/** Codes of a process that is short of memory: the batch may be as good as any, so it is no reason to give it up. */
const OUT_OF_MEMORY: ReadonlySet<unknown> = new Set(['Z_MEM_ERROR', 'ZSTD_error_memory_allocation']);

/** What was thrown while a batch was read, as its fault. @throws what is none of the batch's */
export function batchFaultOf(error: unknown, otherwise: string): BatchFault {
  if (error instanceof BatchFault) return error;
  const code = codeOf(error);
  // Whatever the bytes lead to has a code, both from zlib and from a read beyond their end.
  if (code === undefined || OUT_OF_MEMORY.has(code)) throw error;
  return new BatchFault(otherwise, { cause: error });
}

export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
