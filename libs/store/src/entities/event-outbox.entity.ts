import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** An event that the control plane itself made, on its way to `fleet.events`; its PRN was given when the row was written. */
@Entity({ name: 'event_outbox' })
export class EventOutboxEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text' })
  key!: string;

  /** The normalised envelope, byte for byte. */
  @Column({ type: 'text' })
  value!: string;

  @Column({ type: 'jsonb' })
  headers!: Record<string, string>;
}
