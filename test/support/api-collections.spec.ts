import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

interface Item {
  readonly request?: { readonly method: string; readonly url: { readonly path: readonly string[] } };
  readonly item?: readonly Item[];
}

const read = (name: string): string => readFileSync(`docs/${name}`, 'utf8');
const { paths } = JSON.parse(read('openapi.json')) as { paths: Record<string, Record<string, unknown>> };
const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);
const documented = Object.entries(paths)
  .flatMap(([path, operations]) => Object.keys(operations).map((method) => [method, path] as const))
  .filter(([method]) => METHODS.has(method))
  .map(([method, path]) => `${method.toUpperCase()} ${path}`);
const all = [...documented, 'POST /v1/events'].toSorted();

function requestsIn({ request, item = [] }: Item): string[] {
  const path = request?.url.path.map((segment) => segment.replace(/^:(.+)$/, '{$1}')).join('/');
  return [...(request === undefined ? [] : [`${request.method} /${path}`]), ...item.flatMap(requestsIn)];
}

describe('the collections of requests', () => {
  it('have every call of the API, once, for Postman', () => {
    const collection = JSON.parse(read('fleethook.postman_collection.json')) as Item;
    expect(requestsIn(collection).toSorted()).toEqual(all);
  });

  it('have every call of the API, once, for editors', () => {
    const lines = read('fleethook.http').matchAll(/^([A-Z]+) \{\{(?:api|intake)\}\}([^\s?]+)(?:\?\S*)?$/gm);
    const requests = [...lines].map(
      ([, method, path = '']) => `${method} ${path.replaceAll(/\{\{(\w+)\}\}/g, '{$1}')}`,
    );
    expect(requests.toSorted()).toEqual(all);
  });
});
