import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServedDocument } from '../../../apps/api/src/openapi/served-document.js';
import { eventually } from '../../support/eventually.js';
import { ApiWorld } from './api-world.js';

let world: ApiWorld;

beforeAll(async () => {
  world = await ApiWorld.create();
  // These tests are over sooner than the app has joined its consumer group, and that cannot be broken off.
  await eventually(
    async () => {
      const { status, text } = await world.call('GET', '/health/ready');
      if (status !== 200) throw new Error(text);
    },
    { withinMs: 30_000 },
  );
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** What watches the process, the document itself, and the console's files. */
const NOT_OF_THE_API = new Set([
  '/health/live',
  '/health/ready',
  '/metrics',
  '/openapi.json',
  '/docs',
  '/',
  '/console',
  '/console/*',
]);

describe('the document', () => {
  it('has every route that the app has, and no other', () => {
    const routes = [...world.routes.values()]
      // Fastify answers HEAD wherever it answers GET.
      .filter(({ method, url }) => method !== 'HEAD' && !NOT_OF_THE_API.has(url))
      .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
    const documented = world.document.operations.map(({ method, path }) => `${method} ${path}`);
    expect(documented.toSorted()).toEqual(routes.toSorted());
  });

  it('lacks nothing that a route has to say of itself', () => {
    expect(world.app.get(ServedDocument).reading.faults).toEqual([]);
  });

  it('is served to everybody, and is the copy that is checked in', async () => {
    const reply = await world.call('GET', '/openapi.json', { key: undefined });
    expect(reply).toMatchObject({ status: 200, json: { openapi: '3.1.0' } });
    expect(reply.json).toEqual(JSON.parse(await readFile('docs/openapi.json', 'utf8')));
  });

  it('says what Peridio’s clients rely on', () => {
    expect(world.document.find('GET', '/webhooks')?.operation.parameters).toContainEqual({
      name: 'limit',
      in: 'query',
      allowEmptyValue: true,
      description: 'How many at most',
      schema: { type: 'integer', minimum: 1, maximum: 100, default: 10 },
    });
    const { responses } = world.document.find('DELETE', '/webhooks/{prn}')?.operation ?? {};
    expect(Object.keys(responses ?? {})).toContain('204');
    expect(world.document.find('POST', '/webhooks/{prn}/roll_secret')?.operation.requestBody?.required).toBe(false);
  });
});

describe('the page', () => {
  it('loads nothing, runs nothing, and links to every operation', async () => {
    const reply = await world.call('GET', '/docs', { key: undefined });
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(reply.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; base-uri/);
    expect(reply.text).not.toMatch(/<script|\s(src|style|on\w+)=|<link|url\(|href="(?!#|openapi\.json")/);
    // Else a browser would show it without its style.
    const style = /<style>([^<]*)<\/style>/.exec(reply.text)?.[1] ?? '';
    expect(reply.headers['content-security-policy']).toContain(
      `'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    );
    for (const { operation } of world.document.operations) {
      expect(reply.text).toContain(`href="#${operation.operationId}"`);
      expect(reply.text).toContain(`id="${operation.operationId}"`);
    }
  });
});
