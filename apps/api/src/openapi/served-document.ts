import { createHash } from 'node:crypto';
import { Injectable, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { docsPage, DOCS_STYLE } from './docs-page.js';
import { openApiDocument, type DocumentReading } from './openapi.document.js';

/** Every controller of an app, whichever module it is in: also of one that was made with `preview`, and never runs. */
export function documentOf(modules: ModulesContainer): DocumentReading {
  const controllers = [...modules.values()].flatMap(({ controllers: found }) =>
    [...found.values()].map(({ metatype }) => metatype as Type),
  );
  return openApiDocument(controllers);
}

const STYLE_HASH = createHash('sha256').update(DOCS_STYLE).digest('base64');

/** The page loads nothing and runs nothing; its one style sheet is in it. */
export const DOCS_POLICY = [
  `default-src 'none'`,
  `style-src 'sha256-${STYLE_HASH}'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

/** What is served, made once, when it is first asked for. */
@Injectable()
export class ServedDocument {
  #reading: DocumentReading | undefined;
  #json: string | undefined;
  #page: string | undefined;

  constructor(private readonly modules: ModulesContainer) {}

  get reading(): DocumentReading {
    return (this.#reading ??= documentOf(this.modules));
  }

  get json(): string {
    return (this.#json ??= JSON.stringify(this.reading.document));
  }

  get page(): string {
    return (this.#page ??= docsPage(this.reading.document));
  }
}
