import type { Command } from 'commander';
import { wholeNumber } from './number.js';

/** Of every list. */
export interface ListOptions {
  readonly limit: number;
  readonly page?: string;
}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100_000;

export function listOptions(command: Command): Command {
  return command
    .option('--limit <n>', 'at most so many', wholeNumber(1, MAX_LIMIT), DEFAULT_LIMIT)
    .option('--page <cursor>', 'go on where next_page of --json was');
}
