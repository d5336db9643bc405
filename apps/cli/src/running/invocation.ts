import type { Command } from 'commander';
import { addressesOf, type Addresses, type ConnectionOptions } from '../connection/addresses.js';
import { ApiClient } from '../connection/api-client.js';
import { IntakeClient } from '../connection/intake-client.js';
import { dataDirOf, readStandaloneFacts, type StandaloneFacts } from '../connection/standalone-facts.js';
import { Output } from '../output/output.js';
import type { Ending } from './exit-codes.js';
import type { Host } from './host.js';

/** Options that every command understands. */
export interface GlobalOptions extends ConnectionOptions {
  readonly json?: boolean;
  readonly color: boolean;
  readonly wide?: boolean;
}

/** One run of one command: what it can say, whom it can ask, and when it has to end. What it does not ask for is not looked up. */
export class Invocation {
  readonly output: Output;
  #standalone: { facts: StandaloneFacts | undefined } | undefined;
  #addresses: Addresses | undefined;
  #api: ApiClient | undefined;
  #intake: IntakeClient | undefined;

  constructor(
    readonly host: Host,
    readonly options: GlobalOptions,
  ) {
    this.output = outputOf(host, options);
  }

  /** Aborted by Ctrl-C. */
  get signal(): AbortSignal {
    return this.host.signal;
  }

  get dataDir(): string {
    return dataDirOf(this.host.environment.dataDir, this.host.root);
  }

  /** What runs in this clone. */
  get standalone(): StandaloneFacts | undefined {
    this.#standalone ??= { facts: readStandaloneFacts(this.dataDir) };
    return this.#standalone.facts;
  }

  get addresses(): Addresses {
    return (this.#addresses ??= addressesOf(this.options, this.host.environment, this.standalone));
  }

  get api(): ApiClient {
    const { addresses } = this;
    const isStandalone =
      this.standalone?.apiUrl === addresses.apiUrl && this.standalone.apiKey === addresses.apiKey('api');
    return (this.#api ??= new ApiClient(
      addresses,
      this.signal,
      isStandalone ? this.standalone.organizationPrn : undefined,
    ));
  }

  get intake(): IntakeClient {
    return (this.#intake ??= new IntakeClient(this.addresses, this.signal));
  }
}

export function outputOf(host: Host, options: GlobalOptions): Output {
  return new Output(
    host.stdout,
    host.stderr,
    { json: options.json === true, color: options.color, wide: options.wide === true },
    host.environment,
  );
}

/** What a command's work comes to; nothing: all went well. */
// oxlint-disable-next-line typescript/no-invalid-void-type -- most have nothing to say, and say it by ending
export type WorkResult = Promise<Ending | void>;

/** Turns work into the function that the parser calls with arguments, options and the command. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- each command names what the parser gives it
export function action<A extends readonly unknown[]>(
  host: Host,
  work: (invocation: Invocation, ...parameters: A) => WorkResult,
): (...parameters: unknown[]) => Promise<void> {
  return async (...parameters) => {
    const command = parameters.at(-1) as Command;
    const invocation = new Invocation(host, command.optsWithGlobals<GlobalOptions>());
    const ending = await work(invocation, ...(parameters.slice(0, -1) as unknown as A));
    if (ending !== undefined) host.ending = ending;
  };
}
