import { ROOT_CONTEXT, SpanKind, trace, type Attributes, type Link, type Tracer } from '@opentelemetry/api';
import { spanContextOf, type TraceContext } from './trace-context.js';
import { TracedSpan } from './traced-span.js';

export interface SpanStart {
  readonly name: string;
  /** As OpenTelemetry calls them. */
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  readonly attributes: Attributes;
  /** Undefined, or not readable: a trace begins here, if the sampler wants one. */
  readonly parent?: TraceContext | undefined;
  /** Other traces that this one comes from. */
  readonly links?: readonly TraceContext[];
  /** Epoch milliseconds; default: now. */
  readonly startedAtMs?: number;
}

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

/**
 * Begins spans. Off unless a composition root turned it on: on hot paths ask `isOn` first, so that nothing is made for nobody. Parents are
 * always given, never found in what runs at the moment: a record's way leads through queues, where nothing runs for it.
 */
export class Tracing {
  static readonly off = new Tracing(undefined, () => Promise.resolve());

  constructor(
    private readonly tracer: Tracer | undefined,
    private readonly onClose: () => Promise<void>,
  ) {}

  get isOn(): boolean {
    return this.tracer !== undefined;
  }

  /** Undefined when tracing is off. */
  start({ name, kind, attributes, parent, links, startedAtMs }: SpanStart): TracedSpan | undefined {
    if (this.tracer === undefined) return undefined;
    const remote = parent === undefined ? undefined : spanContextOf(parent);
    const options = {
      kind: KINDS[kind],
      attributes,
      ...(startedAtMs === undefined ? {} : { startTime: startedAtMs }),
      ...(links === undefined ? {} : { links: links.flatMap(linkTo) }),
    };
    const context = remote === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
    return new TracedSpan(this.tracer.startSpan(name, options, context));
  }

  /** Hands over what was not exported yet. */
  close(): Promise<void> {
    return this.onClose();
  }
}

function linkTo(context: TraceContext): Link[] {
  const known = spanContextOf(context);
  return known === undefined ? [] : [{ context: known }];
}
