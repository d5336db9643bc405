import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiWorld, type Reply } from './api-world.js';

const PAGE = '<!doctype html><title>Fleethook</title><script type="module" src="/console/assets/app-3f2a.js"></script>';
const SCRIPT = `console.log('${'x'.repeat(4_000)}');`;
const SECRET = 'nobody may read this';
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let directory: string;
let world: ApiWorld;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'fleethook-console-'));
  world = await ApiWorld.create({ environment: { CONSOLE_DIR: path.join(directory, 'built') } });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const get = (url: string, headers: Readonly<Record<string, string>> = BROWSER) =>
  world.call('GET', url, { key: undefined, headers });

/** The path exactly as it is, and the body as bytes. */
function raw(target: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply & { body: Buffer }> {
  const { port } = world.app.getHttpServer().address() as { port: number };
  return new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port, path: target, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: body.toString(),
          json: undefined,
          body,
        });
      });
    })
      .on('error', reject)
      .end();
  });
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

describe('the console’s pages', () => {
  it('say so in a sentence while nothing was built', async () => {
    for (const url of ['/console/', '/console/webhooks'])
      expect(await get(url)).toMatchObject({ status: 404, json: { errors: { detail: 'The console was not built' } } });
  });

  describe('once they were built', () => {
    beforeAll(async () => {
      const built = path.join(directory, 'built');
      await mkdir(path.join(built, 'assets'), { recursive: true });
      await writeFile(path.join(built, 'assets', 'app-3f2a.js'), SCRIPT);
      await writeFile(path.join(built, 'assets', 'app-3f2a.js.map'), '{}');
      await writeFile(path.join(built, 'assets', 'small-1b.css'), 'a{}');
      await writeFile(path.join(built, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
      await writeFile(path.join(directory, 'secret.txt'), SECRET);
      await symlink(path.join(directory, 'secret.txt'), path.join(built, 'link.txt'));
      await writeFile(path.join(built, 'index.html'), PAGE);
    });

    it('are there without a restart, with a policy that lets nothing else in', async () => {
      expect(await get('/console/')).toMatchObject({
        status: 200,
        text: PAGE,
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': POLICY,
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'cache-control': 'no-cache',
        },
      });
    });

    it.each([
      '/console/webhooks',
      '/console/webhooks/prn:1:x',
      '/console/event-types/device.connected',
      '/console/a/b?c=d',
    ])('are one page, whatever address of theirs a person opens: %s', async (url) => {
      expect(await get(url)).toMatchObject({ status: 200, text: PAGE, headers: { 'content-security-policy': POLICY } });
      // A script that asks for a file gets no page instead.
      expect((await get(url, { accept: '*/*' })).status).toBe(404);
    });

    it('lead a browser there from elsewhere, and no client of the API', async () => {
      expect(await get('/')).toMatchObject({ status: 302, headers: { location: '/console/' } });
      expect(await get('/console')).toMatchObject({ status: 302, headers: { location: '/console/' } });
      expect((await get('/', { accept: 'application/json' })).status).toBe(404);
    });

    it('have files that never change under their name, which are kept for ever', async () => {
      const reply = await get('/console/assets/app-3f2a.js', {});
      expect(reply).toMatchObject({
        status: 200,
        text: SCRIPT,
        headers: {
          'content-type': 'text/javascript; charset=utf-8',
          'cache-control': 'public, max-age=31536000, immutable',
          'content-security-policy': POLICY,
          'x-content-type-options': 'nosniff',
        },
      });
      expect(await get('/console/assets/small-1b.css', {})).toMatchObject({
        headers: { 'content-type': 'text/css; charset=utf-8' },
      });
      expect(await get('/console/favicon.svg', {})).toMatchObject({
        status: 200,
        headers: { 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' },
      });
      expect((await get('/console/assets/app-0000.js')).status).toBe(404);
      // Whoever has the sources has the maps.
      expect((await get('/console/assets/app-3f2a.js.map')).status).toBe(404);
    });

    it('are not sent again to whoever has them, and compressed to whoever can read that', async () => {
      const { headers } = await get('/console/');
      const again = await get('/console/', { ...BROWSER, 'if-none-match': String(headers.etag) });
      expect(again).toMatchObject({ status: 304, text: '', headers: { 'content-security-policy': POLICY } });
      const zipped = await raw('/console/assets/app-3f2a.js', { 'accept-encoding': 'br, gzip' });
      expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
      expect(gunzipSync(zipped.body).toString()).toBe(SCRIPT);
      const plain = await raw('/console/assets/small-1b.css', { 'accept-encoding': 'gzip' });
      expect(plain.headers).not.toHaveProperty('content-encoding');
    });

    it.each([
      '/console/../secret.txt',
      '/console/..%2fsecret.txt',
      '/console/%2e%2e/secret.txt',
      '/console/%2e%2e%2fsecret.txt',
      '/console/assets/../../secret.txt',
      '/console/assets/..%5c..%5csecret.txt',
      '/console//secret.txt',
      '/console/./../secret.txt',
      '/console/%00',
      '/console/link.txt',
      '/console/built/index.html',
      '/console//etc/passwd',
      '/console/%2fetc%2fpasswd',
      '/console/assets',
      '/console/assets/',
    ])('have nothing beside them: %s', async (target) => {
      const reply = await raw(target);
      expect(reply.status).toBe(404);
      expect(reply.text).not.toContain(SECRET);
      expect(reply.text).not.toContain('root:');
    });

    it('need nobody to be signed in, and no PostgreSQL', async () => {
      const headers = { ...BROWSER, cookie: `fleethook_session=${'A'.repeat(43)}` };
      expect((await get('/console/', headers)).status).toBe(200);
    });

    it('are the new ones after another build', async () => {
      const built = path.join(directory, 'built');
      await writeFile(path.join(built, 'assets', 'app-9999.js'), '1');
      await writeFile(path.join(built, 'index.html'), `${PAGE}<!-- new -->`);
      await utimes(path.join(built, 'index.html'), new Date(), new Date(Date.now() + 5_000));
      expect((await get('/console/')).text).toContain('<!-- new -->');
      expect((await get('/console/assets/app-9999.js', {})).status).toBe(200);
    });
  });
});
