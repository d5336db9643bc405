import { Html, html, prose } from './html.js';
import type { Json } from './json-schemas.js';
import type { OpenApiDocument, OpenApiOperation } from './openapi.document.js';
import { schemaTree } from './schema-tree.view.js';

export const DOCS_STYLE = `
:root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 18%,transparent);--soft:color-mix(in srgb,currentColor 6%,transparent)}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,sans-serif;display:grid;grid-template-columns:minmax(14rem,19rem) minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem 1rem;border-right:1px solid var(--line);font-size:.875rem}
nav h2{font-size:.8rem;margin:1.2rem 0 .2rem}
nav a{display:block;padding:.15rem 0;color:inherit;text-decoration:none}
nav a:hover,nav a:focus{text-decoration:underline}
main{padding:1.5rem 2rem 6rem;max-width:60rem}
article{border-top:1px solid var(--line);padding:1.2rem 0}
h3{margin:0 0 .3rem;scroll-margin-top:1rem}
h4{margin:1rem 0 .3rem;font-size:.9rem}
code,pre{font:.85em/1.5 ui-monospace,monospace}
code{background:var(--soft);padding:.1em .3em;border-radius:.25em}
pre{background:var(--soft);padding:.8rem;border-radius:.4rem;overflow:auto}
pre code{background:none;padding:0}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;border-top:1px solid var(--line)}
summary{cursor:pointer;padding:.2rem 0}
ul{padding-left:1.2rem;margin:.2rem 0}
.method{font-weight:700;text-transform:uppercase;font-size:.75em;margin-right:.5em}
.soft{opacity:.7}
@media(max-width:50rem){body{grid-template-columns:1fr}nav{position:static;height:auto;border:0}}
`;

/** As its hash in the page's policy has it, to the letter. */
const STYLE = new Html(`<style>${DOCS_STYLE}</style>`);

/** The document as one page to read: no script, nothing loaded, every operation a link. */
export function docsPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = document.tags.map(({ name }) => ({
    name,
    operations: operations.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const { title, version } = document.info;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>${title}</title>
        ${STYLE}
      </head>
      <body>
        <nav aria-label="Operations">
          <strong>${title}</strong><br /><span class="soft">${version} · <a href="openapi.json">openapi.json</a></span>
          ${groups.map(
            (group) =>
              html`<h2>${group.name}</h2>
                ${group.operations.map(
                  ({ method, operation }) =>
                    html`<a href="#${operation.operationId}"
                      ><span class="method">${method}</span>${operation.summary}</a
                    >`,
                )}`,
          )}
        </nav>
        <main>
          <h1>${title}</h1>
          <p>${prose(String(document.info['description']))}</p>
          <p>
            Send <code>Authorization: Token &lt;API key&gt;</code> or
            <code>Authorization: Bearer &lt;API key&gt;</code>.
          </p>
          ${groups.map(
            (group) =>
              html`<h2>${group.name}</h2>
                ${group.operations.map(({ path, method, operation }) => article(path, method, operation, document))}`,
          )}
        </main>
      </body>
    </html> `.text;
}

function article(path: string, method: string, operation: OpenApiOperation, document: OpenApiDocument): Html {
  const resolve = (part: Json): Json => resolved(part, document);
  const parameters = operation.parameters.map(resolve);
  const body = operation.requestBody;
  return html`<article>
    <h3 id="${operation.operationId}">${operation.summary}</h3>
    <p>
      <code><span class="method">${method}</span>${path}</code>
    </p>
    <p>${prose(operation.description ?? '')}</p>
    <h4>Parameters</h4>
    <table>
      <tr>
        <th>name</th>
        <th>in</th>
        <th>what</th>
      </tr>
      ${parameters.map((parameter) => parameterRow(parameter, resolve))}
    </table>
    ${
      body === undefined
        ? ''
        : html`<h4>Body${body.required ? '' : ' (optional)'}</h4>
            ${contentOf(body.content, document)}`
    }
    <h4>Replies</h4>
    ${Object.entries(operation.responses).map(([status, response]) => {
      const { description, content } = resolve(response) as { description: string; content?: Json };
      return html`<details>
        <summary><code>${status}</code> ${prose(description)}</summary>
        ${content === undefined ? '' : contentOf(content, document)}
      </details>`;
    })}
  </article> `;
}

function parameterRow(parameter: Json, resolve: (part: Json) => Json): Html {
  const { name, description, required, schema } = parameter as {
    name: string;
    description?: string;
    required?: boolean;
    schema: Json;
  };
  return html`<tr>
    <td><code>${name}</code>${required === true ? html` <span class="soft">required</span>` : ''}</td>
    <td>${String(parameter['in'])}</td>
    <td>${prose(description ?? '')} ${schemaTree(schema, resolve)}</td>
  </tr>`;
}

function contentOf(content: Json, document: OpenApiDocument): Html {
  // JSON, or a stream of events.
  const [{ schema }] = Object.values(content) as [{ schema: Json }];
  return schemaTree(schema, (part) => resolved(part, document));
}

/** `#/components/…` is followed, and what stands beside it kept; no component is itself a reference. */
function resolved(part: Json, document: OpenApiDocument): Json {
  const { $ref: pointer, ...beside } = part;
  if (typeof pointer !== 'string') return part;
  let found: unknown = document;
  for (const step of pointer.split('/').slice(1)) found = (found as Json)[step];
  return { ...(found as Json), ...beside };
}
