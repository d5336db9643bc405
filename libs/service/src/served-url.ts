import type { IncomingMessage } from 'node:http';

/**
 * What a request asks for. Clients that join a base URL which ends in `/` to a path, as Peridio's do, ask for `//webhooks` and mean
 * `/webhooks`.
 */
export function servedUrl({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  return url.replace(/^\/{2,}/, '/');
}
