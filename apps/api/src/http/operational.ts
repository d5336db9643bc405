/** What watches us: not a client's request, so neither counted, limited nor logged as one. */
export function isOperational(route: string | undefined): boolean {
  return route === '/metrics' || route?.startsWith('/health') === true;
}
