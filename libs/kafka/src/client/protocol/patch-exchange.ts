/** How kafkajs defines a kind of request: by version, what it makes of the request's options. */
export interface RequestDefinition<Options, Exchange> {
  protocol: (choice: { version: number }) => (options: Options) => Exchange;
}

const patched = new WeakSet();

/** Changes what is sent and read for one kind of request, once, in one version; others are left as they are. */
export function patchExchange<Options, Exchange>(
  definition: RequestDefinition<Options, Exchange>,
  version: number,
  change: (exchange: Exchange, options: Options) => Exchange,
): void {
  if (patched.has(definition)) return;
  patched.add(definition);
  const stock = definition.protocol;
  definition.protocol = (choice) => {
    const make = stock(choice);
    return choice.version === version ? (options) => change(make(options), options) : make;
  };
}
