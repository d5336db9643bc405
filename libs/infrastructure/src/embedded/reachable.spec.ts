import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InfrastructureError } from '../infrastructure-error.js';
import { reachableDataFolder, reachablePrograms } from './reachable.js';

/** Owns nothing here, and is in no group of ours. */
const user = { name: 'stranger', uid: 54_321, gid: 54_321 };

let top: string;
let elsewhere: string;
let home: string;
let ownFolder: string;
beforeEach(() => {
  top = realpathSync(mkdtempSync(path.join(tmpdir(), 'fleethook-reachable-')));
  chmodSync(top, 0o755);
  [elsewhere, home] = [path.join(top, 'elsewhere'), path.join(top, 'home')];
  ownFolder = path.join(home, 'data');
  mkdirSync(elsewhere);
  mkdirSync(ownFolder, { recursive: true, mode: 0o700 });
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const bar = (): void => chmodSync(home, 0o700);
const wanted = () => ({ folder: path.join(ownFolder, 'postgres'), ownFolder });

describe('reachableDataFolder', () => {
  it('is where it was asked for, and our own folder is opened for passing through', async () => {
    chmodSync(home, 0o755);
    await expect(reachableDataFolder(wanted(), user, elsewhere)).resolves.toBe(wanted().folder);
    expect((statSync(ownFolder).mode & 0o777).toString(8)).toBe('711');
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('is elsewhere when the way there is barred, and is found again', async () => {
    bar();
    const made = await reachableDataFolder(wanted(), user, elsewhere);
    expect(path.dirname(made)).toBe(elsewhere);
    expect(lstatSync(wanted().folder).isSymbolicLink()).toBe(true);
    await expect(reachableDataFolder(wanted(), user, elsewhere)).resolves.toBe(made);
    expect(readdirSync(elsewhere)).toHaveLength(1);
    expect((statSync(home).mode & 0o777).toString(8)).toBe('700');
  });

  it('is refused, by the name of what bars the way, when there are data already or there is no elsewhere', async () => {
    bar();
    const refused = { code: 'NO_UNPRIVILEGED_USER', message: expect.stringContaining(`pass through ${home}: set`) };
    await expect(reachableDataFolder(wanted(), user, path.join(top, 'nowhere'))).rejects.toMatchObject(refused);
    expect(existsSync(wanted().folder)).toBe(true);
    await expect(reachableDataFolder(wanted(), user, elsewhere)).rejects.toThrow(InfrastructureError);
  });
});

describe('reachablePrograms', () => {
  it('are where they are, or a copy that is made once', async () => {
    const programs = path.join(home, 'native');
    mkdirSync(path.join(programs, 'bin'), { recursive: true });
    writeFileSync(path.join(programs, 'bin', 'postgres'), 'program', { mode: 0o755 });
    chmodSync(home, 0o755);
    await expect(reachablePrograms(programs, 'copy-1', user, elsewhere)).resolves.toBe(programs);
    bar();
    const copies = await Promise.all([1, 2, 3].map(() => reachablePrograms(programs, 'copy-1', user, elsewhere)));
    expect(new Set(copies)).toEqual(new Set([path.join(elsewhere, 'copy-1')]));
    expect(readdirSync(elsewhere)).toEqual(['copy-1']);
    expect(statSync(path.join(elsewhere, 'copy-1')).mode & 0o777).toBe(0o755);
    expect(statSync(path.join(elsewhere, 'copy-1', 'bin', 'postgres')).mode & 0o777).toBe(0o755);
  });

  it('can be run by others where they were installed for nobody else', async () => {
    const programs = path.join(home, 'native');
    mkdirSync(path.join(programs, 'bin'), { recursive: true, mode: 0o700 });
    mkdirSync(path.join(programs, 'share'), { mode: 0o700 });
    writeFileSync(path.join(programs, 'bin', 'postgres'), 'program', { mode: 0o700 });
    writeFileSync(path.join(programs, 'share', 'settings'), 'text', { mode: 0o600 });
    bar();
    const copy = await reachablePrograms(programs, 'copy-2', user, elsewhere);
    const modes = ['.', 'bin', 'bin/postgres', 'share', 'share/settings'].map((name) =>
      (statSync(path.join(copy, name)).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(['755', '755', '755', '755', '644']);
  });

  it('are refused, by the name of what bars the way, when there is no elsewhere', async () => {
    const programs = path.join(home, 'native');
    mkdirSync(programs);
    bar();
    await expect(reachablePrograms(programs, 'copy', user, path.join(top, 'nowhere'))).rejects.toMatchObject({
      code: 'NO_UNPRIVILEGED_USER',
      message: expect.stringContaining(`pass through ${home}: move`),
    });
  });
});
