import { Module } from '@nestjs/common';
import { OpenApiController } from './openapi.controller.js';
import { ServedDocument } from './served-document.js';

/**
 * The document of the API at `/openapi.json`, and a page to read it at `/docs`. To bring a route in, see `OperationDeclaration`; the copy
 * in `docs/openapi.json` is written by `npm run docs`.
 */
@Module({ controllers: [OpenApiController], providers: [ServedDocument] })
export class OpenApiModule {}
