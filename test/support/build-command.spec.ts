import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';

/** What a clone has of what builds it; there is no npm on the path, so that nothing is fetched. */
function cloneWithoutNpm(folder: string): NodeJS.ProcessEnv {
  for (const name of ['scripts', 'package.json', 'package-lock.json'])
    cpSync(name, path.join(folder, name), { recursive: true });
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, path.join(bin, 'node'));
  return { PATH: bin };
}

it('`npm run build` in a new clone installs first, and says in a sentence why it cannot', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fleethook-build-'));
  try {
    const env = cloneWithoutNpm(folder);
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { build: string } };
    const [code, said] = await new Promise<[unknown, string]>((resolve) => {
      execFile('/bin/sh', ['-c', scripts.build], { cwd: folder, env }, (error, _, stderr) =>
        resolve([error?.code, stderr]),
      );
    });
    expect(said.trimEnd().split('\n')).toEqual([
      expect.stringContaining('Installing the dependencies'),
      'npm was not found: it comes with Node; install it.',
    ]);
    expect(code).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
