const AUTHORIZATION = /^(?:token|bearer) +([\x21-\x7e]{1,256})$/i;

/** `Token <key>` (Peridio's CLI and SDKs) or `Bearer <key>` (its OpenAPI document); undefined for anything else. */
export function apiKeyOf(authorization: string | undefined): string | undefined {
  return AUTHORIZATION.exec(authorization?.trim() ?? '')?.[1];
}
