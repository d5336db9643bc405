import { Database } from '@fleethook/store';

export interface Statement {
  readonly sql: string;
  readonly parameters: unknown[];
}

/** One step of a plan. */
export interface Step {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Filter?: string;
  readonly Plans?: readonly Step[];
}

/** Passes on what is asked of the database, and remembers it. */
export class StatementListener extends Database {
  heard: Statement[] = [];

  static to(database: Database): StatementListener {
    const listener = Object.create(database) as StatementListener;
    listener.heard = [];
    listener.run = (work) =>
      database.run((manager) => {
        const query = (sql: string, parameters: unknown[]): Promise<unknown> => {
          listener.heard.push({ sql, parameters });
          return manager.query(sql, parameters);
        };
        return work(Object.assign(Object.create(manager) as typeof manager, { query }));
      });
    listener.prepared = (statement, parameters) => {
      listener.heard.push({ sql: statement.sql, parameters: [...parameters] });
      return database.prepared(statement, parameters);
    };
    return listener;
  }
}

/** Every step of a statement's plan. */
export async function stepsOf(database: Database, { sql, parameters }: Statement): Promise<Step[]> {
  const [row] = await database.run((manager) =>
    manager.query<{ 'QUERY PLAN': [{ Plan: Step }] }[]>(`EXPLAIN (FORMAT JSON) ${sql}`, parameters),
  );
  if (row === undefined) throw new Error('there is no plan');
  const steps = (plan: Step): Step[] => [plan, ...(plan.Plans ?? []).flatMap(steps)];
  return steps(row['QUERY PLAN'][0].Plan);
}

/** Partitions that are read from end to end, by statement. */
export async function sequentialScans(database: Database, statement: Statement): Promise<string[]> {
  const steps = await stepsOf(database, statement);
  return steps
    .filter((step) => step['Node Type'] === 'Seq Scan')
    .flatMap((step) => step['Relation Name'] ?? [])
    .filter((name) => /_\d{8}$/.test(name));
}
