import { SpanStatusCode, type Attributes, type Span } from '@opentelemetry/api';
import { traceContextOf, type TraceContext } from './trace-context.js';

/** A span that has begun: its place in the trace, for those who come after it, and what it came to. */
export class TracedSpan {
  /** Read once: on a record it is repeated for every webhook. */
  readonly context: TraceContext;
  readonly traceId: string;

  constructor(private readonly span: Span) {
    const context = span.spanContext();
    this.context = traceContextOf(context);
    this.traceId = context.traceId;
  }

  /** False: the sampler did not want it, and attributes would be for nobody. */
  get isRecording(): boolean {
    return this.span.isRecording();
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  set(attributes: Attributes): void {
    this.span.setAttributes(attributes);
  }

  /** @param errorType a word of a small set: `timeout`, `500` */
  fail(errorType: string, message?: string): void {
    this.span.setAttribute('error.type', errorType);
    this.span.setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) });
  }

  end(): void {
    this.span.end();
  }
}
