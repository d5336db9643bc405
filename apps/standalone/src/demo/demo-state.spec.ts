import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataFolder } from '../data/data-folder.js';
import { DemoState, ON_THIS_MACHINE } from './demo-state.js';

const DAY_MS = 86_400_000;
const ADDRESS = { ...ON_THIS_MACHINE, port: 4443 };

const daysOf = (pem: string): number => {
  const { validFromDate, validToDate } = new X509Certificate(pem);
  return (validToDate.getTime() - validFromDate.getTime()) / DAY_MS;
};

describe("the demo's certificates", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'fleethook-demo-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const load = (nowMs?: number): Promise<DemoState> => DemoState.load(new DataFolder(folder), ADDRESS, nowMs);

  it('come from an authority whose end is years away', async () => {
    const { values } = await load();
    expect(daysOf(values.ca)).toBeGreaterThan(9 * 365);
    expect(new X509Certificate(values.certificate).verify(new X509Certificate(values.ca).publicKey)).toBe(true);
  });

  it('stay the same from start to start, and are made anew a month before their end', async () => {
    const { values } = await load();
    const endMs = new X509Certificate(values.certificate).validToDate.getTime();
    expect((await load(endMs - 31 * DAY_MS)).values).toEqual(values);
    const renewed = await load(endMs - 29 * DAY_MS);
    expect(renewed.values.certificate).not.toBe(values.certificate);
    expect(renewed.values.ca).not.toBe(values.ca);
  });
});
