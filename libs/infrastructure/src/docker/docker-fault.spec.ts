import { describe, expect, it } from '@jest/globals';
import { dockerFault } from './docker-fault.js';

const refusing = (code: string) => (): void => {
  throw Object.assign(new Error(code), { code });
};

describe('dockerFault', () => {
  it('tells an engine that is not there from one that this user may not use', () => {
    expect(dockerFault(refusing('ENOENT'))).toBe('No Docker engine answers: start one');
    expect(dockerFault(() => undefined)).toBe('No Docker engine answers: start one');
    expect(dockerFault(refusing('EACCES'))).toContain('this user may not use /var/run/docker.sock');
  });
});
