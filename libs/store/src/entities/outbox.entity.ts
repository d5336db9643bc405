import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity({ name: 'outbox' })
export class OutboxEntity {
  /** Handed out before the commit, so not an order of commits over different keys: never read by `id > last`. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text' })
  key!: string;

  /** What goes to Kafka, byte for byte; null is a tombstone. */
  @Column({ type: 'text', nullable: true })
  value!: string | null;

  @Column({ name: 'inserted_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  insertedAt!: Date;
}
