import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import { Cli } from '../../support/cli-process.js';
import { StubApi } from './stub-api.js';

/** The discard service's: nothing listens there. */
const NOWHERE = 'http://127.0.0.1:2';
/** Nothing listens there either, and `fetch` would not ask. */
const BLOCKED = 'http://127.0.0.1:1';

let dataDir: string;
let cli: Cli;
beforeAll(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'fleethook-cli-'));
  cli = new Cli({ FLEETHOOK_DATA_DIR: dataDir, FLEETHOOK_URL: NOWHERE, FLEETHOOK_API_KEY: 'fhk_key' });
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const at = (url: string): Cli => new Cli({ ...cli.environment, FLEETHOOK_URL: url });

describe('exit codes', () => {
  it.each<[number, string, readonly string[], string]>([
    [0, 'help', ['help', 'exit-codes'], ''],
    [0, 'the version', ['--version'], ''],
    [2, 'no command', ['webhooks'], 'Usage: fleethook webhooks'],
    [2, 'an unknown command', ['webhooks', 'lst'], 'Did you mean list?'],
    [2, 'an unknown option', ['webhooks', 'list', '--limt', '3'], 'unknown option'],
    [2, 'a value that cannot be read', ['deliveries', 'list', '--since', 'tomorrow'], 'It must be a time'],
    [2, 'an interval of nothing', ['lag', '--watch', '--interval', '0s'], 'at least 100ms'],
    [2, 'all events and none', ['webhooks', 'update', 'x', '--no-events', '--event', 'device.connected'], 'not both'],
    [2, 'a header and none', ['webhooks', 'update', 'x', '--no-headers', '--header', 'X: d'], 'not both'],
    [2, 'an identifier that is none', ['webhooks', 'get', 'x'], 'neither the PRN'],
    [2, 'the endpoint in the wrong option', ['webhooks', 'update', 'x', '--url', NOWHERE], '--endpoint'],
    [2, 'an endpoint that the doctor cannot read', ['doctor', '--url', 'nowhere'], '"nowhere" is no URL'],
    [3, 'nothing that listens', ['webhooks', 'list'], 'Is Fleethook running?'],
    [3, 'nothing on a port that browsers block', ['webhooks', 'list', '--url', BLOCKED], 'Is Fleethook running?'],
  ])('%d for %s', async (expected, _, words, said) => {
    const { code, stdout, stderr } = await cli.run(words);
    expect({ code, stderr }).toEqual({ code: expected, stderr: expect.stringContaining(said) });
    expect(stdout === '').toBe(expected > 0);
  });

  it('4 without a key', async () => {
    const { code, stdout, stderr } = await new Cli({ FLEETHOOK_DATA_DIR: dataDir }).run(['webhooks', 'list']);
    expect({ code, stdout, stderr }).toEqual({
      code: 4,
      stdout: '',
      stderr: expect.stringContaining('FLEETHOOK_API_KEY'),
    });
  });

  it.each<[number, number, Record<string, string>, string]>([
    [6, 503, { 'retry-after': '7' }, 'Try again in 7 s.'],
    [6, 429, {}, 'Try again in a while.'],
    [5, 404, {}, 'belongs to another organization'],
    [1, 409, {}, 'the words of the API'],
  ])('%d for an answer of %d', async (expected, status, headers, said) => {
    await using api = await StubApi.answering(status, { errors: { detail: 'the words of the API' } }, headers);
    const { code, stderr } = await at(api.url).run(['keys', 'list']);
    expect({ code, stderr }).toEqual({ code: expected, stderr: expect.stringContaining(said) });
  });

  it('an error is a line of JSON on stderr for scripts', async () => {
    const { code, stdout, stderr } = await cli.run(['webhooks', 'list', '--json']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({
      error: expect.objectContaining({ kind: 'unreachable', url: NOWHERE, reason: 'ECONNREFUSED' }),
    });
  });

  it('what is not Fleethook is told from it', async () => {
    await using api = await StubApi.answering(200, '<html>', { 'content-type': 'text/html' });
    const { code, stderr } = await at(api.url).run(['keys', 'list']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("which is not Fleethook's") });
  });
});

describe('lag', () => {
  const data = {
    generated_at: '2026-01-01T00:00:00Z',
    past_due_seconds: 90,
    tiers: [{ tier: '5s', waiting: 12, past_due_seconds: 90 }],
    lag: [{ group: 'router', topic: 'fleet.events', partitions: 12, records: 3 }],
    open_breakers: null,
    history_lag_seconds: 2,
  };

  it('shows what waits, and says when it is too much', async () => {
    await using api = await StubApi.answering(200, { data });
    const shown = await at(api.url).run(['lag']);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/past due +1 m 30 s/);
    expect(shown.stdout).toMatch(/router +fleet\.events +12 +3/);
    await expect(at(api.url).json(['lag'])).resolves.toEqual(data);
    expect(await at(api.url).run(['lag', '--fail-above', '1m'])).toMatchObject({ code: 1 });
    expect(await at(api.url).run(['lag', '--fail-above', '2m'])).toMatchObject({ code: 0 });
  });
});

describe('a webhook', () => {
  const webhook = newPrn(newOrganizationPrn(), 'webhook');

  /** What the API was asked to change. */
  async function changeOf(...words: readonly string[]): Promise<unknown> {
    await using api = await StubApi.answering(200, { webhook: { prn: webhook } });
    await at(api.url).json(['webhooks', ...words]);
    expect(api.requests).toEqual([expect.objectContaining({ method: 'PATCH', url: `/webhooks/${webhook}` })]);
    return JSON.parse(api.requests[0]?.body ?? '');
  }

  it('is enabled however often that is asked for: from where it goes on is said only when it was given', async () => {
    await expect(changeOf('enable', webhook)).resolves.toEqual({ state: 'enabled' });
    await expect(changeOf('enable', webhook, '--resume-from', 'now')).resolves.toEqual({
      state: 'enabled',
      resume_from: 'now',
    });
  });

  it('loses its description by the word default, as it does its other settings', async () => {
    const words = ['--description', 'default', '--rate', 'default'];
    await expect(changeOf('update', webhook, ...words)).resolves.toEqual({ description: null, rate_per_second: null });
  });
});

describe('output that cannot be written', () => {
  const words = [process.execPath, path.resolve('apps/cli/bin/fleethook.mjs'), 'help', 'exit-codes'];
  const run = (redirection: string): { status: number | null; stderr: string } =>
    spawnSync('bash', ['-c', `"$@" ${redirection}`, 'bash', ...words], { encoding: 'utf8' });

  it('is said in a sentence', () => {
    expect(run('> /dev/full')).toMatchObject({
      status: 1,
      stderr: 'error: Cannot write: ENOSPC: no space left on device, write\n',
    });
  });

  it('is a line of JSON for scripts', () => {
    const { status, stderr } = run('--json > /dev/full');
    expect({ status, error: JSON.parse(stderr) as unknown }).toEqual({
      status: 1,
      error: { error: { kind: 'failed', message: expect.stringContaining('ENOSPC') } },
    });
  });

  it('cannot be said where errors cannot be written either', () => {
    expect(run('> /dev/full 2>&1')).toMatchObject({ status: 1, stderr: '' });
  });

  it('is no fault when nobody reads it any more', () => {
    expect(run('| true; exit "${PIPESTATUS[0]}"')).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('what runs in the clone', () => {
  it('is asked when nothing else was said, and its key goes nowhere else', async () => {
    await using api = await StubApi.answering(200, { api_keys: [], next_page: null });
    writeFileSync(
      path.join(dataDir, 'standalone.json'),
      JSON.stringify({ apiUrl: api.url, ingestUrl: api.url, apiKey: 'fhk_local', organizationPrn: 'prn:1:x' }),
    );
    const here = new Cli({ FLEETHOOK_DATA_DIR: dataDir });
    await expect(here.json(['keys', 'list'])).resolves.toEqual({ api_keys: [], next_page: null });
    expect(await here.run(['keys', 'list', '--url', NOWHERE])).toMatchObject({ code: 4 });
  });
});

describe('completion', () => {
  it('completes commands, options and their values in bash', async () => {
    const { stdout } = await cli.run(['completion', 'bash']);
    const completed = (...words: string[]): string[] => {
      const script = `${stdout}\nCOMP_WORDS=(fleethook "$@"); COMP_CWORD=$#; _fleethook; echo "\${COMPREPLY[*]}"`;
      return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
        .trim()
        .split(' ');
    };
    expect(completed('webh')).toEqual(['webhooks']);
    expect(completed('webhooks', 'ro')).toEqual(['roll-secret']);
    expect(completed('--json', 'replay', 'create', 'x', '--dry')).toEqual(['--dry-run']);
    expect(completed('webhooks', 'enable', 'x', '--resume-from', '')).toEqual(['now', 'bookmark']);
  });

  it.each(['zsh', 'fish'])('has a script for %s', async (shell) => {
    const { code, stdout } = await cli.run(['completion', shell]);
    expect({ code, knows: stdout.includes('roll-secret') }).toEqual({ code: 0, knows: true });
  });
});
