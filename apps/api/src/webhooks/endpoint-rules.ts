/** What a URL may be: declared here, answered by the outbound guard. */
export abstract class EndpointRules {
  /** Why nothing could ever be delivered to a URL: everything that is wrong with it. */
  abstract urlFaults(url: string): readonly string[];
}
