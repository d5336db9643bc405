import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const ROOT = new URL('../../', import.meta.url);
const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

type Manifest = Partial<Record<(typeof KINDS)[number], Readonly<Record<string, string>>>>;

const manifests = globSync(['package.json', '{apps,libs}/*/package.json'], { cwd: ROOT }).toSorted();
const manifestOf = (file: string): Manifest => JSON.parse(readFileSync(new URL(file, ROOT), 'utf8')) as Manifest;

describe('dependencies', () => {
  it('are named by all packages of the repository', () => {
    expect(manifests).toEqual(expect.arrayContaining(['package.json', 'libs/signing/package.json']));
    expect(Object.keys(manifestOf('package.json').dependencies ?? {}).length).toBeGreaterThan(10);
  });

  it.each(manifests)('of %s are pinned to one version each: nothing new comes in unseen', (file) => {
    const manifest = manifestOf(file);
    for (const kind of KINDS)
      for (const [name, version] of Object.entries(manifest[kind] ?? {}))
        expect([kind, name, version, EXACT.test(version)]).toEqual([kind, name, version, true]);
  });

  it('that run in production are in the lock file with what they must hash to', () => {
    const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', ROOT), 'utf8')) as {
      packages: Record<string, { link?: boolean; dev?: boolean; optional?: boolean; integrity?: string }>;
    };
    const installed = Object.entries(packages).filter(([path]) => path.includes('node_modules/'));
    // Parts for other platforms than the one that wrote the file have no hash there: npm takes it from the registry.
    const production = installed.filter(([, { link, dev, optional }]) =>
      [link, dev, optional].every((it) => it !== true),
    );
    expect(production.length).toBeGreaterThan(50);
    expect(production.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
  });
});
