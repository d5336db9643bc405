import { InfrastructureError, type InfrastructureErrorCode } from '../infrastructure-error.js';

const KNOWN: readonly { pattern: RegExp; code: InfrastructureErrorCode; what: string }[] = [
  {
    pattern: /No space left on device/i,
    code: 'DISK_FULL',
    what: 'the disk is full: make room, or set FLEETHOOK_DATA_DIR to a folder on another disk',
  },
  {
    pattern: /Address already in use|could not bind|Failed to bind/i,
    code: 'START_FAILED',
    what: 'its port was taken while it started: start again',
  },
  {
    pattern: /Permission denied|AccessDeniedException/i,
    code: 'START_FAILED',
    what: 'it may not read or write its folder: check who owns the data folder and those above it',
  },
  {
    pattern: /Failed to acquire lock on file|lock file ".*" already exists|lock file .* is not empty/i,
    code: 'START_FAILED',
    what: 'another one uses the same data: stop that, or set FLEETHOOK_DATA_DIR to another folder',
  },
  {
    pattern: /Cannot allocate memory|insufficient memory|could not map anonymous shared memory/i,
    code: 'START_FAILED',
    what: 'the machine has too little free memory',
  },
];

/** Why a server did not come up, read from the end of what it said. */
export function explainStart(name: string, lastLines: readonly string[], logFile: string): InfrastructureError {
  const text = lastLines.join('\n');
  const known = KNOWN.find(({ pattern }) => pattern.test(text));
  const fallback = lastLines.findLast((line) => /\b(ERROR|FATAL|Exception)\b/.test(line)) ?? lastLines.at(-1);
  return new InfrastructureError(
    known?.code ?? 'START_FAILED',
    `${name} did not start: ${known?.what ?? fallback ?? 'it said nothing'} (see ${logFile}).`,
  );
}
