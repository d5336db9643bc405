import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blocksRunBy } from '../../support/pages/run-by.js';

const [server = '', controller = '', store = ''] = blocksRunBy('test/integration/receivers/package-readme.spec.ts').map(
  ({ text }) => text,
);

const SECRET = 'B284A51B143841695B2D7BF3B8554731';
/** An event, signed as Fleethook would. */
const SIGNED = `
const body = Buffer.from(JSON.stringify({ version: 1, prn: 'prn of an event', type: 'device', inserted_at: '', data: { type: 'connected', data: { a: 1 } } }));
const at = new Date().toISOString();
const headers = { 'peridio-published-at': at, 'peridio-signature': kit.signPeridio(at, body, [kit.parseSecret('${SECRET}')]) };
`;

const FILES: Readonly<Record<string, string>> = {
  'server.mjs': `import * as kit from '@fleethook/signing';
import { once } from 'node:events';
${server.replace('createServer(', 'const started = createServer(').replace('listen(3000)', "listen(0, '127.0.0.1')")}${SIGNED}
await once(started, 'listening');
const reply = await fetch('http://127.0.0.1:' + started.address().port, { method: 'POST', headers, body });
console.log(reply.status);
started.close();
`,
  'store.mjs': `import * as kit from '@fleethook/signing';
const kept = new Map();
const redis = {
  get: async (key) => kept.get(key) ?? null,
  set: async (key, value, { NX = false }) => (NX && kept.has(key) ? null : (kept.set(key, value), 'OK')),
  del: async (key) => Number(kept.delete(key)),
};
${store}${SIGNED}
const receiver = new kit.WebhookReceiver({
  secrets: ['${SECRET}'],
  seenEvents,
  onError: () => undefined,
  onEvent: () => { if (fails) throw new Error('not now'); },
});
let fails = true;
const statuses = [];
for (let time = 0; time < 3; time++) {
  const { status, body: answer } = await receiver.receive(headers, body);
  statuses.push(status, kept.size);
  fails = false;
  if (time === 2) console.log(statuses.join(' '), String(answer));
}
`,
  'controller.ts': `import { Controller, Post, Req, Res, type RawBodyRequest } from '@nestjs/common';
import type { Request, Response } from 'express';
import { nestHandler, WebhookReceiver } from '@fleethook/signing';
const receiver = new WebhookReceiver({ secrets: [], onEvent: () => undefined });
${controller}`,
  'server.js': server,
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      allowJs: true,
      checkJs: true,
      experimentalDecorators: true,
      types: ['node'],
    },
    files: ['controller.ts', 'server.js'],
  }),
  'package.json': '{"type":"module"}',
};

describe('the README of @fleethook/signing', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fleethook-readme-'));
  const printedBy = (file: string): string =>
    execFileSync(process.execPath, [file], {
      cwd: folder,
      encoding: 'utf8',
      env: { WEBHOOK_SECRETS: SECRET },
      timeout: 20_000,
    });

  beforeAll(() => {
    symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('begins with a server that takes a signed event', () => {
    expect(printedBy('server.mjs')).toBe('device.connected prn of an event { a: 1 }\n200\n');
  });

  it('has a store with which an event that failed is handled, and then no more', () => {
    expect(printedBy('store.mjs')).toMatch(/^500 0 200 1 200 1 .*duplicate/);
  });

  it('has a controller and a server that type-check', () => {
    const tsc = path.resolve('node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--preserveSymlinks'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect([stdout, status]).toEqual(['', 0]);
  });
});
