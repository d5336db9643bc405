/** Something that a person can put right, in a sentence. */
export class Failure extends Error {}

const WHY = {
  EACCES: 'it belongs to somebody else',
  EPERM: 'it belongs to somebody else',
  EROFS: 'its disk is read-only',
  ENOSPC: 'its disk is full',
  EDQUOT: 'its disk has no more room for you',
};

/** What a folder that cannot be written is to a person; any other error as it is. */
export function explainWrite(error, folder) {
  const why = WHY[error?.code];
  if (why === undefined) return error;
  return new Failure(
    `${folder} cannot be written, ${why} (${error.code}): dependencies and builds go there. Let it be written, make room, or clone the repository elsewhere.`,
    { cause: error },
  );
}
