import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '../values/json-value.js';

/** Of the file that `npm start` keeps while it runs, what is needed here. */
export interface StandaloneFacts {
  readonly file: string;
  readonly apiUrl: string;
  readonly ingestUrl: string;
  readonly apiKey: string;
  readonly organizationPrn: string | undefined;
}

const NAME = 'standalone.json';
const DEFAULT_DATA_DIR = '.fleethook';

/** Where `npm start` would keep its state: as told, else below the working directory, else below the clone. */
export function dataDirOf(dataDir: string | undefined, root: string): string {
  if (dataDir !== undefined) return path.resolve(dataDir);
  const here = path.resolve(DEFAULT_DATA_DIR);
  return existsSync(here) ? here : path.join(root, DEFAULT_DATA_DIR);
}

/** @returns undefined where it does not run, or where its file cannot be read */
export function readStandaloneFacts(dataDir: string): StandaloneFacts | undefined {
  const file = path.join(dataDir, NAME);
  let facts: unknown;
  try {
    facts = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
  if (!isRecord(facts)) return undefined;
  const { apiUrl, ingestUrl, apiKey, organizationPrn } = facts;
  if (typeof apiUrl !== 'string' || typeof ingestUrl !== 'string' || typeof apiKey !== 'string') return undefined;
  return {
    file,
    apiUrl,
    ingestUrl,
    apiKey,
    organizationPrn: typeof organizationPrn === 'string' ? organizationPrn : undefined,
  };
}
