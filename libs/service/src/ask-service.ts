import { once } from 'node:events';
import { request as overHttp, type IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';
import { text } from 'node:stream/consumers';

export interface ServiceQuestion {
  /** Default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of all of it, to the last byte of the answer. */
  readonly timeoutMs: number;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Asks a service of ours, wherever it listens: `fetch` refuses the ports that browsers block (https://fetch.spec.whatwg.org/#port-blocking),
 * such as 4190 or 6000. On a connection of its own, which nobody has closed meanwhile.
 * @throws what the system says, and TimeoutError
 */
export async function askService(url: URL, question: ServiceQuestion): Promise<ServiceAnswer> {
  const { method = 'GET', headers = {}, body, timeoutMs } = question;
  const signal = AbortSignal.timeout(timeoutMs);
  const ask = url.protocol === 'https:' ? overHttps : overHttp;
  try {
    const request = ask(url, { method, headers, signal, agent: false });
    // Once the answer has begun, whoever reads it is told what became of it.
    request.on('error', () => undefined);
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, text: await text(response) };
  } catch (error) {
    // What the system says of it then is only that it was stopped.
    signal.throwIfAborted();
    throw error;
  }
}
