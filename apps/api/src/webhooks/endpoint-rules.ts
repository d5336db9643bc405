/** What a URL may be: declared here, answered by the outbound guard. */
export abstract class EndpointRules {
  /** Why nothing could ever be delivered to a URL; undefined when something could. */
  abstract urlFault(url: string): string | undefined;
}
