import type { AppName } from '@fleethook/config';
import { messageOf, type Say } from '@fleethook/infrastructure';
import type { DataFolder } from './data-folder.js';

const NAME = 'standalone.json';

/** What scripts read while it runs: addresses, the key and the processes. Its shape is part of the product. */
export interface StandaloneFacts {
  readonly apiUrl: string;
  readonly ingestUrl: string;
  readonly consoleUrl: string;
  readonly apiKey: string;
  readonly organizationPrn: string;
  readonly opsUrls: Readonly<Record<AppName, string>>;
  readonly kafkaBrokers: readonly string[];
  readonly databaseUrl: string;
  /** No `kafka` or `postgres` where that runs elsewhere. */
  readonly pids: Readonly<Record<AppName, readonly number[]>> & { readonly kafka?: number; readonly postgres?: number };
}

export class StandaloneFile {
  private facts: (() => StandaloneFacts) | undefined;

  private isFailing = false;

  constructor(
    private readonly folder: DataFolder,
    private readonly say: Say,
  ) {
    // One that was left by a start that was killed tells nothing that is true.
    folder.remove(NAME);
  }

  /** From now on the file is there. */
  publish(facts: () => StandaloneFacts): void {
    this.facts = facts;
    this.update();
  }

  /** Some process is another one than before. A disk that is full leaves what was true before, and stops nothing. */
  update(): void {
    if (this.facts === undefined) return;
    const text = `${JSON.stringify(this.facts(), null, 2)}\n`;
    try {
      this.folder.writePrivate(NAME, text);
    } catch (error) {
      if (!this.isFailing) this.say(`${this.folder.file(NAME)} cannot be brought up to date: ${messageOf(error)}`);
      this.isFailing = true;
      return;
    }
    if (this.isFailing) this.say(`${this.folder.file(NAME)} is up to date again.`);
    this.isFailing = false;
  }

  remove(): void {
    this.facts = undefined;
    this.folder.remove(NAME);
  }
}
