import { setTimeout as pause } from 'node:timers/promises';
import { catalogue, exampleIn, type Prn } from '@fleethook/events';
import type { Say } from '@fleethook/infrastructure';
import { askService } from '@fleethook/service';

export const DEMO_EVENTS = [
  'device.connected',
  'device.claimed_release',
  'device.release_changed',
  'device.updated',
  'device.authentication_failed',
  'device.disconnected',
] as const;

/** Lively while somebody has just started it, then a trickle. */
const FIRST_EVENTS = 15;
const FIRST_PAUSE_MS = 2_000;
const LATER_PAUSE_MS = 15_000;
const REQUEST_TIMEOUT_MS = 10_000;

interface DemoFleet {
  readonly ingestUrl: () => string;
  readonly apiKey: string;
  /** Whose the key is, and so the pump. */
  readonly organization: Prn<'organization'>;
  readonly say: Say;
}

/** A fleet of one pump that goes through its day, event by event. */
export async function runDemoFleet(options: DemoFleet, signal: AbortSignal): Promise<void> {
  for (let sent = 0; !signal.aborted; sent++) {
    const name = DEMO_EVENTS[sent % DEMO_EVENTS.length] ?? DEMO_EVENTS[0];
    options.say(`demo     ${name} ${await send(name, options)}`);
    const pauseMs = sent < FIRST_EVENTS ? FIRST_PAUSE_MS : LATER_PAUSE_MS;
    await pause(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

async function send(name: string, options: DemoFleet): Promise<string> {
  const [category, type] = name.split('.');
  const entry = catalogue.get(name);
  const data = entry === undefined ? {} : exampleIn(options.organization, entry);
  try {
    const { status, text } = await askService(new URL(`${options.ingestUrl()}/v1/events`), {
      method: 'POST',
      headers: { authorization: `Token ${options.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ type: category, data: { type, data } }),
      timeoutMs: REQUEST_TIMEOUT_MS,
    });
    return status === 202 ? 'accepted' : `not accepted: ${status} ${text}`;
  } catch (error) {
    return `not accepted: ${error instanceof Error ? error.message : String(error)}`;
  }
}
