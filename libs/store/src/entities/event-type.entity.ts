import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EventName, Prn } from '@fleethook/events';

/** A type of event that an organization registered, beside the ones that are shipped. */
@Entity({ name: 'event_types' })
export class EventTypeEntity {
  @PrimaryColumn({ name: 'organization_prn', type: 'text' })
  organizationPrn!: Prn<'organization'>;

  @PrimaryColumn({ type: 'text' })
  name!: EventName;

  @Column({ type: 'text' })
  description!: string;

  /** JSON as text: kept as it was given, order of keys included. */
  @Column({ name: 'schema_json', type: 'text' })
  schemaJson!: string;

  @Column({ name: 'example_json', type: 'text' })
  exampleJson!: string;

  /** Grows with every change: see outbox.ts. */
  @Column({ type: 'integer' })
  version!: number;

  @Column({ name: 'inserted_at', type: 'timestamptz', precision: 3 })
  insertedAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
