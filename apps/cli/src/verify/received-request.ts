/** A delivery as a receiver got it. Names of headers in lower case. */
export interface ReceivedRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** The raw bytes. */
  readonly body: Buffer;
}
