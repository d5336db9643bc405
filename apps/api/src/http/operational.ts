/** What watches us: not a client's request, so neither counted, limited nor logged as one. */
export function isOperational(route: string | undefined): boolean {
  return route === '/metrics' || route?.startsWith('/health') === true;
}

/** The console's files: for everybody, so nobody need be asked who they are. */
export function isConsolePage(route: string | undefined): boolean {
  return route === '/' || route === '/console' || route === '/console/*';
}

/** Server-Sent Events. */
export const EVENT_STREAM = 'text/event-stream';
