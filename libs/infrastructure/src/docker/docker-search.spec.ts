import { describe, expect, it } from '@jest/globals';
import { InfrastructureError } from '../infrastructure-error.js';
import { dockerRefusal } from './docker-fault.js';
import { DockerSearch } from './docker-search.js';

const refusing = (code: string) => (): void => {
  throw Object.assign(new Error(code), { code });
};

/** What asks the socket is refused with this code. */
function search(code: string) {
  const said: string[] = [];
  const looked: string[] = [];
  const find = () => {
    looked.push('once');
    return Promise.reject(new InfrastructureError('DOCKER_UNAVAILABLE', 'none'));
  };
  const docker = new DockerSearch(
    (sentence) => said.push(sentence),
    find,
    () => dockerRefusal(refusing(code)),
  );
  return { docker, said, looked };
}

describe('the search for a Docker engine', () => {
  it('looks once, however many ask', async () => {
    const { docker, looked } = search('ENOENT');
    expect(await Promise.all([docker.answering(), docker.answering()])).toEqual([undefined, undefined]);
    expect(looked).toEqual(['once']);
  });

  it('says once that this user may not use the engine that is here', () => {
    const { docker, said } = search('EACCES');
    docker.goOnWithout();
    docker.goOnWithout();
    expect(said).toEqual([
      expect.stringMatching(/^Docker is here, but this user may not use \S+: add it .*\. Going on without Docker\.$/),
    ]);
  });

  it('says nothing of an engine that is not there', () => {
    const { docker, said } = search('ENOENT');
    docker.goOnWithout();
    expect(said).toEqual([]);
  });
});
