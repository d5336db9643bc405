import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import { audit } from '../audit/audit.js';
import type { Author } from '../audit/author.js';
import { Database } from '../database.js';

/** An organization as its own members see and set it. */
export interface OrganizationSettings {
  readonly name: string;
  /** Undefined: never. */
  readonly disableAfterHours: number | undefined;
  readonly insertedAt: Date;
}

interface SettingsRow {
  name: string;
  disable_after_hours: number | null;
  inserted_at: Date;
}

/** @throws StoreError */
@Injectable()
export class OrganizationSettingsQueries {
  constructor(private readonly database: Database) {}

  async find(organization: Prn<'organization'>): Promise<OrganizationSettings | undefined> {
    const [row] = await this.database.run((manager) =>
      manager.query<SettingsRow[]>('SELECT name, disable_after_hours, inserted_at FROM organizations WHERE prn = $1', [
        organization,
      ]),
    );
    if (row === undefined) return undefined;
    return {
      name: row.name,
      disableAfterHours: row.disable_after_hours ?? undefined,
      insertedAt: row.inserted_at,
    };
  }

  /** With its entry in the audit log, unless nothing changes. @param hours undefined: never */
  setDisableAfter(organization: Prn<'organization'>, hours: number | undefined, author: Author): Promise<void> {
    return this.database.transaction(async (manager) => {
      const [row] = await manager.query<Pick<SettingsRow, 'disable_after_hours'>[]>(
        'SELECT disable_after_hours FROM organizations WHERE prn = $1 FOR NO KEY UPDATE',
        [organization],
      );
      const wanted = hours ?? null;
      if (row === undefined || row.disable_after_hours === wanted) return;
      await manager.query('UPDATE organizations SET disable_after_hours = $2 WHERE prn = $1', [organization, wanted]);
      await audit(manager, {
        author,
        organization,
        action: 'organization.updated',
        resource: organization,
        before: row,
        after: { disable_after_hours: wanted },
      });
    });
  }
}
