import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
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

  /** @param hours undefined: never */
  async setDisableAfter(organization: Prn<'organization'>, hours: number | undefined): Promise<void> {
    await this.database.run((manager) =>
      manager.query('UPDATE organizations SET disable_after_hours = $2 WHERE prn = $1', [organization, hours ?? null]),
    );
  }
}
