import { MatchingError } from '../matching-error.js';
import { valueAt, type PointerSteps } from './json-pointer.js';

type Members = Readonly<Record<string, unknown>>;

/** Beyond so many places looking up is as quick as remembering. */
const MAX_REMEMBERED = 8;

const NONE: readonly string[] = Object.freeze([]);

/** What filters ask of an event: its envelope, parsed once, and what it is about, looked up once, however many filters ask. */
export class EventFacts {
  readonly #payload: Members | undefined;
  readonly #device: Members | undefined;
  #devices: readonly string[] | undefined;
  #cohorts: readonly string[] | undefined;
  #tags: readonly string[] | undefined;
  #products: readonly string[] | undefined;
  readonly #places: PointerSteps[] = [];
  readonly #values: unknown[] = [];

  constructor(readonly envelope: unknown) {
    this.#payload = membersOf(membersOf(membersOf(envelope)?.['data'])?.['data']);
    this.#device = membersOf(this.#payload?.['device']);
  }

  /** @param body of an event or a delivery @throws MatchingError BODY_NOT_JSON */
  static parse(body: Buffer): EventFacts {
    try {
      return new EventFacts(JSON.parse(body.toString('utf8')));
    } catch (cause) {
      throw new MatchingError('BODY_NOT_JSON', { cause });
    }
  }

  /** What is there; undefined when nothing is. Looked up once for each place, however many filters ask for it. */
  at(steps: PointerSteps): unknown {
    const known = this.#places.indexOf(steps);
    if (known !== -1) return this.#values[known];
    const value = valueAt(this.envelope, steps);
    if (this.#places.length < MAX_REMEMBERED) {
      this.#places.push(steps);
      this.#values.push(value);
    }
    return value;
  }

  /** The PRN and the identifier of its device. */
  get devices(): readonly string[] {
    return (this.#devices ??= textsOf([this.#device?.['prn'], this.#device?.['identifier']]));
  }

  get cohorts(): readonly string[] {
    return (this.#cohorts ??= this.#named('cohort'));
  }

  get tags(): readonly string[] {
    const tags = this.#device?.['tags'];
    return (this.#tags ??= Array.isArray(tags) ? textsOf(tags) : NONE);
  }

  get products(): readonly string[] {
    return (this.#products ??= this.#named('product'));
  }

  /** PRNs of a thing that the device or the payload names: `cohort.cohort_prn` as Peridio writes it, `cohort.prn`, or `cohort_prn`. */
  #named(name: 'cohort' | 'product'): readonly string[] {
    const candidates: unknown[] = [];
    for (const holder of [this.#device, this.#payload]) {
      const thing = membersOf(holder?.[name]);
      candidates.push(thing?.[`${name}_prn`], thing?.['prn'], holder?.[`${name}_prn`]);
    }
    return textsOf(candidates);
  }
}

function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}

function textsOf(candidates: readonly unknown[]): readonly string[] {
  return candidates.filter((candidate) => typeof candidate === 'string');
}
