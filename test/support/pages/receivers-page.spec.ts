import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseSecret } from '@fleethook/signing';
import { deliveryRequest } from '../../../apps/delivery/src/attempt/delivery-request.js';
import { differenceFrom } from '../tour.js';
import { blocksRunBy } from './run-by.js';

interface Vector {
  readonly secrets: readonly string[];
  readonly publishedAt: string;
  readonly id: string;
  readonly body: string;
  readonly peridioSignature: string;
}

const [vector] = JSON.parse(readFileSync('libs/signing/src/vectors.json', 'utf8')) as [Vector];
const blocks = blocksRunBy('test/support/pages/receivers-page.spec.ts');
const textIn = (language: string): string => blocks.find((block) => block.language === language)?.text ?? '';

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython)
  process.stdout.write('The Python of docs/receivers.md is not run: there is no python3 on this machine\n');
const withPython = hasPython ? describe : describe.skip;

describe('docs/receivers.md', () => {
  it('shows a request as it is sent, with the first vector as its event', () => {
    const [head = '', body = ''] = textIn('http').split('\n\n');
    const [start, ...lines] = head.split('\n');
    const shown = Object.fromEntries(
      lines.map((line): [string, string] => [line.split(':', 1)[0] ?? '', line.replace(/^.*?: /, '')]),
    );
    type Arguments = Parameters<typeof deliveryRequest>;
    const message = { event: vector.id, body: Buffer.from(vector.body), attempt: 1, name: 'device.release_changed' };
    const { headers } = deliveryRequest(
      { url: 'https://example.com/webhooks' } as Arguments[0],
      message as Arguments[1],
      vector.secrets.map((secret) => parseSecret(secret)),
      Date.parse(vector.publishedAt),
      10_000,
    );
    expect(start).toBe('POST /webhooks HTTP/1.1');
    expect(Object.keys(shown).toSorted()).toEqual(Object.keys(headers).toSorted());
    expect(differenceFrom(shown, headers)).toBeUndefined();
    expect(differenceFrom(body.trim(), vector.body)).toBeUndefined();
  });
});

withPython('the Python of docs/receivers.md', () => {
  it.each<[string, string, string]>([
    ['takes what was signed', vector.body, 'True'],
    ['refuses what was changed', `${vector.body} `, 'False'],
  ])('%s', (_what, body, expected) => {
    const [secret = ''] = vector.secrets;
    const given = `import hashlib, hmac, sys
secret, published_at, signature = ${[secret, vector.publishedAt, vector.peridioSignature].map((it) => JSON.stringify(it)).join(', ')}
body = sys.stdin.buffer.read()
`;
    const script = `${given}${textIn('python')}print(is_valid)\n`;
    const { stdout, stderr } = spawnSync('python3', ['-c', script], { input: body, encoding: 'utf8' });
    expect([stdout.trim(), stderr]).toEqual([expected, '']);
  });
});
