import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** What a receiver does with it: the same lines, whichever way it came in. It has no server to ask, so it asks itself. */
const USE = `
const secret = kit.newSecret();
const body = Buffer.from(JSON.stringify({ version: 1, prn: 'prn', type: 'device', inserted_at: '', data: { type: 'connected', data: {} } }));
const at = new Date().toISOString();
const receiver = new kit.WebhookReceiver({ secrets: [secret], onEvent: (event) => console.log(kit.eventName(event), vectors.length) });
const headers = { 'peridio-published-at': at, 'peridio-signature': kit.signPeridio(at, body, [kit.parseSecret(secret)]) };
receiver.receive(headers, body).then(({ status }) => console.log(status));
`;
const BY_IMPORT = `import * as kit from '@fleethook/signing';
import vectors from '@fleethook/signing/vectors.json' with { type: 'json' };${USE}`;
const BY_REQUIRE = `const kit = require('@fleethook/signing');
const vectors = require('@fleethook/signing/vectors.json');${USE}`;
const TYPED = `import { createServer } from 'node:http';
import { nodeHandler, WebhookReceiver, type WebhookEvent } from '@fleethook/signing';
const onEvent = (event: WebhookEvent): void => process.stdout.write(event.prn) as unknown as void;
createServer(nodeHandler(new WebhookReceiver({ secrets: [], onEvent })));
// @ts-expect-error -- a name is text
export const wrong: number = ({} as WebhookEvent).prn;
`;
const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2022',
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [path.resolve('node_modules/@types')],
  },
  files: ['typed.mts', 'typed.cts'],
};

// What is looked for on this machine is part of the test.
// oxlint-disable-next-line node/no-process-env
const searchPath = process.env['PATH'] ?? '';

/** One per version, from everywhere that programs are looked for: the pinned one, and what the machine has. */
function nodes(): [string, string][] {
  const found = new Map<string, string>();
  const folders = [path.dirname(process.execPath), ...searchPath.split(path.delimiter)];
  for (const folder of [...folders, '/usr/bin', '/usr/local/bin']) {
    const file = path.join(folder, 'node');
    if (!existsSync(file)) continue;
    const version = execFileSync(file, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
    if (Number.parseInt(version, 10) >= 20 && !found.has(version)) found.set(version, file);
  }
  return [...found];
}

const npm = (args: readonly string[], cwd: string): string =>
  execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
  });

describe('@fleethook/signing, packed and installed', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fleethook-package-'));
  let packed: { filename: string; files: { path: string }[] };

  beforeAll(() => {
    const output = npm(['pack', '--json', '--pack-destination', folder, '--workspace', '@fleethook/signing'], '.');
    [packed] = JSON.parse(output) as [typeof packed];
    const files = {
      'package.json': '{}',
      'use.mjs': BY_IMPORT,
      'use.cjs': BY_REQUIRE,
      'typed.mts': TYPED,
      'typed.cts': TYPED,
    };
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    npm(['install', `./${packed.filename}`], folder);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds what is built, and nothing of the sources but the vectors', () => {
    const names = packed.files.map(({ path: name }) => name);
    expect(names).toEqual(expect.arrayContaining(['README.md', 'package.json', 'dist/LICENSE', 'dist/esm/index.d.ts']));
    expect(names.filter((name) => !/^(dist\/(esm|cjs)\/|dist\/LICENSE$)/.test(name))).toEqual([
      'README.md',
      'package.json',
      'src/vectors.json',
    ]);
    expect(names.filter((name) => name.includes('spec'))).toEqual([]);
  });

  it.each(nodes())('works under Node %s, imported and required', (_, node) => {
    for (const script of ['use.mjs', 'use.cjs']) {
      const output = execFileSync(node, ['--no-warnings', script], { cwd: folder, encoding: 'utf8' });
      expect([script, output]).toEqual([script, 'device.connected 4\n200\n']);
    }
  });

  it('has types for both', () => {
    const tsc = path.resolve('node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { cwd: folder, encoding: 'utf8' });
    expect([stdout, status]).toEqual(['', 0]);
  });
});
