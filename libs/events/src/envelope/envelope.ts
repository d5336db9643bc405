import type { Prn } from '../names/prn.js';

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** The body of every delivery, in Peridio's shape and key order. `inserted_at` is ISO 8601, UTC, whole seconds, `Z`. */
export interface Envelope {
  version: 1;
  prn: Prn<'event'>;
  /** The category: `device`, `api_key`, `webhook`. */
  type: string;
  inserted_at: string;
  data: { type: string; data: JsonObject };
}

let lastSecond = Number.NaN;
let lastTimestamp = '';

/** `2026-01-01T00:00:00Z`: Peridio's clients read whole seconds only. The last one is kept, since many fall into the same second. */
export function timestampOf(epochMs: number): string {
  const second = Math.floor(epochMs / 1_000);
  if (second !== lastSecond) {
    lastTimestamp = `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
    lastSecond = second;
  }
  return lastTimestamp;
}
