import type { Prn } from '@fleethook/events';

/** UUIDs that end in a number: an event is known by its place in the range, so a million of them cost a byte each. */
const STEM = '0194c1a0-5f3e-7c21-8000-';
const DIGITS = 12;

/** A contiguous range of events, and which of them were accepted. */
export class EventRange {
  readonly #accepted: Uint8Array;
  acceptedCount = 0;
  /** Posted, and neither accepted nor refused yet: what the intake took of it will be posted again if it is killed. */
  unansweredCount = 0;

  constructor(
    private readonly organization: Prn<'organization'>,
    readonly size: number,
  ) {
    this.#accepted = new Uint8Array(size);
  }

  isAccepted(index: number): boolean {
    return this.#accepted[index] === 1;
  }

  accept(index: number): void {
    if (this.#accepted[index] !== 0) return;
    this.#accepted[index] = 1;
    this.acceptedCount += 1;
  }

  /** As a producer posts it. */
  eventOf(index: number): object {
    const uuid = STEM + index.toString(16).padStart(DIGITS, '0');
    const prnOf = (type: string): string => `${this.organization}:${type}:${uuid}`;
    return {
      type: 'device',
      prn: prnOf('event'),
      data: {
        type: 'claimed_release',
        data: {
          device: { prn: prnOf('device'), identifier: `device-${index}`, cohort: null },
          release: { prn: prnOf('release'), version: '1.0.0' },
        },
      },
    };
  }
}

/** The place of an event in its range. @param prn as the intake or a delivery names it @returns -1 for an event of no range */
export function indexOfEvent(prn: string): number {
  const at = prn.length - DIGITS;
  return prn.startsWith(STEM, at - STEM.length) ? Number.parseInt(prn.slice(at), 16) : -1;
}
