/** Bodies of 600 bytes, as intake would have normalised them. */
export const BENCH_ORGANIZATION = 'prn:1:0194c1a0-0000-7000-8000-000000000001';

const BODY_BYTES = 600;

export function benchEventPrn(index: number): string {
  return `${BENCH_ORGANIZATION}:event:0194c1a0-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
}

function benchPayload(index: number): Record<string, unknown> {
  return {
    device: {
      prn: `${BENCH_ORGANIZATION}:device:0194c1a0-0000-7000-8000-${(index % 10_000).toString(16).padStart(12, '0')}`,
      identifier: `device-${index % 10_000}`,
      cohort: null,
    },
    release: { prn: `${BENCH_ORGANIZATION}:release:0194c1a0-0000-7000-8000-000000000002`, version: '1.4.2' },
  };
}

/** What a producer sends: no PRN, the intake gives it. */
export function benchEvent(index: number): { type: string; data: { type: string; data: Record<string, unknown> } } {
  return { type: 'device', data: { type: 'claimed_release', data: { ...benchPayload(index), note: 'x'.repeat(120) } } };
}

/** One that says when it was posted, on the clock of `performance.now()`, and is as long as the others. */
export function stampedEvent(
  index: number,
  event: 'claimed_release' | 'release_changed' = 'claimed_release',
): { type: string; data: { type: string; data: Record<string, unknown> } } {
  const note = `at ${performance.now().toFixed(3)}`;
  return { type: 'device', data: { type: event, data: { ...benchPayload(index), note, padding: 'x'.repeat(100) } } };
}

export function benchBody(index: number): Buffer {
  const envelope = {
    version: 1,
    prn: benchEventPrn(index),
    type: 'device',
    inserted_at: '2026-01-01T00:00:00Z',
    data: { type: 'claimed_release', data: { ...benchPayload(index), note: '' } },
  };
  const bare = JSON.stringify(envelope);
  envelope.data.data.note = 'x'.repeat(Math.max(0, BODY_BYTES - bare.length));
  return Buffer.from(JSON.stringify(envelope));
}
