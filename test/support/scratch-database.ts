import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { services } from './services.js';

/** An empty database of its own for one spec file; gone when disposed. */
export class ScratchDatabase implements AsyncDisposable {
  private constructor(
    readonly name: string,
    readonly url: string,
  ) {}

  static async create(): Promise<ScratchDatabase> {
    const name = `t_${randomBytes(6).toString('hex')}`;
    await asAdministrator(`CREATE DATABASE ${name}`);
    const url = new URL(services().databaseUrl);
    url.pathname = `/${name}`;
    return new ScratchDatabase(name, url.href);
  }

  /** One statement on a connection of its own: what a test looks at or prepares, past the code it tests. */
  async query<R extends object>(sql: string, parameters: unknown[] = []): Promise<R[]> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query<R>(sql, parameters)).rows;
    } finally {
      await client.end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await asAdministrator(`DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
  }
}

async function asAdministrator(sql: string): Promise<void> {
  const client = new Client({ connectionString: services().databaseUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
