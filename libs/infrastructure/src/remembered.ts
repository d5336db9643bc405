import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { newClusterId } from './embedded/cluster-id.js';
import { InfrastructureError } from './infrastructure-error.js';

const serviceSchema = z.object({
  /** Which kind holds the data: with another one all of it would seem lost. */
  source: z.enum(['docker', 'embedded']),
  port: z.number().int(),
});

const rememberedSchema = z.object({
  /** Names the volumes, when Docker holds the data. */
  deployment: z.string(),
  clusterId: z.string(),
  databasePassword: z.string(),
  kafka: serviceSchema.optional(),
  postgres: serviceSchema.optional(),
});

export type Remembered = z.infer<typeof rememberedSchema>;

/** What has to stay the same from one start to the next: `<data dir>/infrastructure.json`, readable by us alone. */
export class RememberedState {
  readonly values: Remembered;
  private readonly file: string;

  /** @throws InfrastructureError STATE_UNREADABLE */
  constructor(dataDir: string) {
    mkdirSync(dataDir, { recursive: true });
    this.file = path.join(dataDir, 'infrastructure.json');
    this.values = existsSync(this.file) ? read(this.file) : fresh();
    this.save();
  }

  update(changes: Partial<Remembered>): void {
    Object.assign(this.values, changes);
    this.save();
  }

  private save(): void {
    const half = `${this.file}.new`;
    writeFileSync(half, `${JSON.stringify(this.values, null, 2)}\n`, { mode: 0o600 });
    renameSync(half, this.file);
  }
}

function fresh(): Remembered {
  return {
    deployment: randomBytes(4).toString('hex'),
    clusterId: newClusterId(),
    databasePassword: randomBytes(18).toString('hex'),
  };
}

function read(file: string): Remembered {
  try {
    return rememberedSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new InfrastructureError(
      'STATE_UNREADABLE',
      `${file} cannot be read; it names the ports, the password and where the data is. Restore it, or start with another FLEETHOOK_DATA_DIR.`,
      { cause: error },
    );
  }
}
