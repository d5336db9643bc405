/** What is wrong on our side, each with a stable code. What a receiver does is never one of these: see `EgressResult`. */
export const EGRESS_ERRORS = {
  CA_FILE_UNREADABLE: 'the file of extra certificate authorities (EGRESS_CA_FILE) cannot be used',
  CIDR_INVALID: 'EGRESS_ALLOW_CIDRS holds something that is not an address range',
  PORTS_INVALID: 'EGRESS_PORTS holds something that is not a port or a range of ports',
  PROXY_INVALID: 'EGRESS_PROXY is not the address of an HTTP proxy',
  REQUEST_INVALID: 'the request cannot be put on the wire',
  CLIENT_CLOSED: 'the client has been closed',
} as const;

export type EgressErrorCode = keyof typeof EGRESS_ERRORS;

export class EgressError extends Error {
  constructor(
    readonly code: EgressErrorCode,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${EGRESS_ERRORS[code]}: ${detail}`, options);
    this.name = 'EgressError';
  }
}
