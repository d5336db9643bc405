import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Prn } from '@fleethook/events';

@Entity({ name: 'organizations' })
export class OrganizationEntity {
  @PrimaryColumn({ type: 'text' })
  prn!: Prn<'organization'>;

  @Column({ type: 'text' })
  name!: string;

  @Column({ name: 'inserted_at', type: 'timestamptz', precision: 3 })
  insertedAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
