/** Where a service came from; the code above this room does not ask. */
export type Source = 'external' | 'docker' | 'embedded';
export type ServiceName = 'kafka' | 'postgres';

/** Takes one sentence for a person; never a secret. */
export type Say = (sentence: string) => void;

export interface InfrastructureOptions {
  /** `auto`: for each service the addresses if given, else Docker if an engine answers, else embedded. */
  readonly source: 'auto' | Source;
  /** Everything of embedded services, and what has to be remembered of any, lies under this folder. */
  readonly dataDir: string;
  /** Kafka that runs elsewhere, `host:port`. Used as given; each service can be given or not. */
  readonly kafkaBrokers?: readonly string[] | undefined;
  /** PostgreSQL that runs elsewhere. */
  readonly databaseUrl?: string | undefined;
  /** Nothing outlives `stop()`: no volumes, no fsync. For tests. Default false. */
  readonly throwAway?: boolean;
  /** Ports to listen on; default: the ones of the last start, else any free ones. */
  readonly ports?: { readonly kafka?: number; readonly postgres?: number };
  /** Where to look for Java before PATH. */
  readonly javaHome?: string | undefined;
  readonly say: Say;
  /** The processes are others than before: a service was started again. */
  readonly onChange?: () => void;
}

export interface Infrastructure {
  readonly kafkaBrokers: readonly string[];
  /** With the password in it. */
  readonly databaseUrl: string;
  readonly sources: Readonly<Record<ServiceName, Source>>;
  /** Process ids of what runs here; none for external services, nor where the engine does not tell. */
  pids(): Partial<Record<ServiceName, number>>;
  /** PostgreSQL, then Kafka, each asked to end and given its time; resolves when both are gone. */
  stop(): Promise<void>;
  /** Ends both at once, without their consent. */
  kill(): void;
}
