export interface AnswerOptions {
  /** Of every answer; with `failFirst` of those that fail. */
  readonly status?: number;
  /** So many requests of each event fail, the others get 200. */
  readonly failFirst?: number;
}

const OK = 200;
const FAILS_WITH = 503;
/** Events whose requests are counted; the oldest is forgotten. */
const MAX_EVENTS = 10_000;

/** What a receiver that was told how to behave answers. */
export class AnswerPolicy {
  readonly #requests = new Map<string, number>();

  constructor(private readonly options: AnswerOptions) {}

  /**
   * @param event by its `webhook-id`: the same on every attempt and replay
   * @param isTestFire by which an endpoint is verified: it is not failed for a while, since that is not tried again
   */
  statusFor(event: string, isTestFire: boolean): number {
    const { status, failFirst } = this.options;
    if (failFirst === undefined) return status ?? OK;
    if (isTestFire) return OK;
    const requests = (this.#requests.get(event) ?? 0) + 1;
    this.#requests.delete(event);
    this.#requests.set(event, requests);
    const [oldest] = this.#requests.keys();
    if (this.#requests.size > MAX_EVENTS && oldest !== undefined) this.#requests.delete(oldest);
    return requests <= failFirst ? (status ?? FAILS_WITH) : OK;
  }
}
