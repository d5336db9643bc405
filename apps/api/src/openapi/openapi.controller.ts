import { Controller, Get, Header } from '@nestjs/common';
import { DOCS_POLICY, ServedDocument } from './served-document.js';

/** For everybody: it says nothing of any customer. */
@Controller()
export class OpenApiController {
  constructor(private readonly served: ServedDocument) {}

  @Get('openapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'no-cache')
  document(): string {
    return this.served.json;
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', DOCS_POLICY)
  @Header('x-content-type-options', 'nosniff')
  @Header('referrer-policy', 'no-referrer')
  @Header('cache-control', 'no-cache')
  page(): string {
    return this.served.page;
  }
}
