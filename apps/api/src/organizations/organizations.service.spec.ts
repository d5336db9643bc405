import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn } from '@fleethook/events';
import { OrganizationQueries, type Author, type OrganizationEntity } from '@fleethook/store';
import { OrganizationsService } from './organizations.service.js';

const OPERATOR: Author = { actor: 'operator', requestId: null };

describe('a change of an organization', () => {
  it('that names nothing does not undo the renaming that somebody else makes meanwhile', async () => {
    const at = new Date();
    const read: OrganizationEntity = { prn: newOrganizationPrn(), name: 'before', insertedAt: at, updatedAt: at };
    let name = read.name;
    const queries = Object.create(OrganizationQueries.prototype, {
      find: {
        value: () => {
          name = 'after';
          return Promise.resolve(read);
        },
      },
      rename: {
        value: (_prn: string, given: string) => {
          name = given;
          return Promise.resolve(read);
        },
      },
    }) as OrganizationQueries;
    await new OrganizationsService(queries).update(OPERATOR, read.prn, {});
    expect(name).toBe('after');
  });
});
