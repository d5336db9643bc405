/** One POST. */
export interface EgressRequest {
  /** `https://...`, as `checkUrl` accepts it */
  readonly url: string;
  /** Lower-case names; `host`, `content-length` and `connection` are ours. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The whole attempt: from DNS to the last byte read. */
  readonly timeoutMs: number;
}

/** How far an attempt had come. */
export type Stage = 'dns' | 'connect' | 'tls' | 'headers' | 'body';

export type FailureClass =
  'timeout' | 'dns' | 'connection_refused' | 'connection_reset' | 'tls' | 'address_blocked' | 'proxy' | 'protocol';

interface Attempted {
  /** The address that was dialled; undefined when it did not come to that. */
  readonly address: string | undefined;
  /** The whole attempt, a wait for a connection included; whole milliseconds. */
  readonly latencyMs: number;
  /** The request went over a connection that had served another one before. */
  readonly connectionReused: boolean;
}

/** The receiver answered: its status decides, whatever then became of the body. Redirects are answers like any other. */
export interface EgressResponse extends Attempted {
  readonly kind: 'response';
  readonly status: number;
  /** Lower-case names; repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning of the body, at most 4 KiB of well-formed UTF-8 without NUL; empty when there was none. */
  readonly excerpt: string;
}

/** The receiver did not answer. */
export interface EgressFailure extends Attempted {
  readonly kind: 'failure';
  readonly failure: FailureClass;
  readonly stage: Stage;
  /** Words for a person, at most 200 characters. */
  readonly detail: string;
}

export type EgressResult = EgressResponse | EgressFailure;
