import { Controller, Get, HttpStatus, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { notFound, Refusal } from '../errors/problems.js';
import { ConsoleFiles, type ConsoleFile } from './console-files.js';

/** Nothing from elsewhere, no script in a page; `unsafe-inline` is for styles that its components set on elements. */
export const CONSOLE_POLICY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `connect-src 'self'`,
  `font-src 'self'`,
  `frame-ancestors 'none'`,
  `base-uri 'none'`,
  `form-action 'self'`,
].join('; ');

const HEADERS = {
  'content-security-policy': CONSOLE_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  vary: 'accept-encoding',
} as const;
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';

const HOME = '/console/';
const PAGE = 'index.html';
const ASSETS = 'assets/';

/** The console's files, for everybody: they say nothing of any customer. */
@Controller()
export class ConsolePagesController {
  constructor(private readonly files: ConsoleFiles) {}

  /** A person with a browser, and no client of the API. */
  @Get()
  root(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (!wantsPage(request)) throw notFound();
    void reply.redirect(HOME, HttpStatus.FOUND);
  }

  @Get('console')
  home(@Res() reply: FastifyReply): void {
    void reply.redirect(HOME, HttpStatus.FOUND);
  }

  /** A file; or, for any other address that a person opens, the page, whose script knows what to show there. */
  @Get('console/*')
  async file(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const name = (request.params as Readonly<Record<string, string>>)['*'] ?? '';
    const found = name === PAGE ? undefined : await this.files.file(name);
    if (found !== undefined) return send(request, reply, found);
    if (name.startsWith(ASSETS) || (name !== '' && name !== PAGE && !wantsPage(request))) throw notFound();
    const page = await this.files.page();
    if (page === undefined) throw new Refusal(HttpStatus.NOT_FOUND, 'The console was not built');
    send(request, reply, page);
  }
}

/** RFC 9110 §13.1.2: what the browser has already is not sent again. */
function send({ headers }: FastifyRequest, reply: FastifyReply, file: ConsoleFile): void {
  void reply.headers({ ...HEADERS, etag: file.etag, 'cache-control': file.isImmutable ? FOR_EVER : ASK_AGAIN });
  if (headers['if-none-match'] === file.etag) {
    void reply.status(HttpStatus.NOT_MODIFIED).send();
    return;
  }
  void reply.header('content-type', file.type);
  const takesGzip = /\bgzip\b/.test(headers['accept-encoding'] ?? '');
  if (takesGzip && file.gzipped !== undefined) void reply.header('content-encoding', 'gzip').send(file.gzipped);
  else void reply.send(file.body);
}

function wantsPage({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') === true;
}
