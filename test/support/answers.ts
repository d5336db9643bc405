import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** One request at the receiver, and the means to answer it or not. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The decrypted side of the connection: bytes written here need not be HTTP. */
  readonly socket: Socket;
}

/** What a receiver does with a request: one step of its script. */
export type Answer = (exchange: Exchange) => void;

/** Any status, with a short body by default. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}, body = `status ${code}`): Answer {
  return ({ response }) => {
    response.writeHead(code, headers);
    response.end(body);
  };
}

export function ok(body = ''): Answer {
  return status(200, {}, body);
}

export function redirect(location: string, code: 301 | 302 | 303 | 307 | 308 = 302): Answer {
  return status(code, { location });
}

/** Takes the request and never says anything. */
export function hang(): Answer {
  return () => {};
}

/** Answers after a while; everything else about it is the other answer's. */
export function after(delayMs: number, answer: Answer): Answer {
  return (exchange) => {
    setTimeout(() => {
      if (!exchange.socket.destroyed) answer(exchange);
    }, delayMs).unref();
  };
}

/** Ends the connection without an answer: a crash, or an idle time-out at the worst moment. */
export function reset(): Answer {
  return ({ socket }) => void socket.destroy();
}

/** A body in pieces, with a pause after each. */
export function slowBody(pieces: readonly string[], pauseMs: number, code = 200): Answer {
  return ({ response }) => {
    response.writeHead(code);
    const send = (index: number): void => {
      const piece = pieces[index];
      if (piece === undefined) response.end();
      else {
        response.write(piece);
        setTimeout(send, pauseMs, index + 1).unref();
      }
    };
    send(0);
  };
}

/** Headers, then `first`, then nothing, for ever. */
export function unfinishedBody(first = '', code = 200): Answer {
  return ({ response }) => {
    response.writeHead(code);
    response.flushHeaders();
    if (first !== '') response.write(first);
  };
}

/** A body that goes on as fast as it is read. */
export function endlessBody(code = 200): Answer {
  return ({ response, socket }) => {
    response.writeHead(code);
    const piece = Buffer.alloc(16_384, 'x');
    const pump = (): void => {
      while (!socket.destroyed && response.write(piece));
    };
    response.on('drain', pump);
    pump();
  };
}

/** Promises more body than it sends before it ends the connection. */
export function truncatedBody(sent: string, code = 200): Answer {
  return ({ socket }) => {
    socket.end(`HTTP/1.1 ${code} Cut\r\ncontent-length: ${sent.length + 100}\r\n\r\n${sent}`);
  };
}

/** An answer without a length, whose body ends with the connection. */
export function bodyUntilClose(body: string): Answer {
  return ({ socket }) => void socket.end(`HTTP/1.1 200 OK\r\n\r\n${body}`);
}

/** Bytes as they are, in place of an answer. The connection stays open. */
export function raw(bytes: string | Buffer): Answer {
  return ({ socket }) => void socket.write(bytes);
}

/** Bytes that are no HTTP. */
export function garbage(): Answer {
  return raw('SSH-2.0-OpenSSH_9.9\r\n\0\x01\x02 this is not the protocol that you are looking for\r\n\r\n');
}

/** So many informational answers (103, RFC 8297), then the other answer. */
export function informational(count: number, then: Answer): Answer {
  return (exchange) => {
    exchange.socket.write('HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n'.repeat(count));
    then(exchange);
  };
}

/** Informational answers without end. */
export function informationalFlood(): Answer {
  return ({ socket }) => {
    const piece = 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(100);
    const pump = (): void => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', pump);
    pump();
  };
}

/** More header than anyone should read. */
export function hugeHeaders(bytes: number): Answer {
  return raw(`HTTP/1.1 200 OK\r\nx-huge: ${'h'.repeat(bytes)}\r\ncontent-length: 0\r\n\r\n`);
}
