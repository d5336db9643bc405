import { Inject, Injectable } from '@nestjs/common';
import { EventTypes, type Prn } from '@fleethook/events';
import { RecordProducer } from '@fleethook/kafka';
import { Tracing, type TraceContext } from '@fleethook/observability';
import { ByteBudget } from './byte-budget.js';
import { EventTracing } from './event-tracing.js';
import { INTAKE_LIMITS, type IntakeLimits } from './intake-limits.js';
import { IntakeRequest } from './intake-request.js';

/** Where events enter: checks them, gives them their one form, and sees them into Kafka. */
@Injectable()
export class EventIntake {
  constructor(
    private readonly types: EventTypes,
    private readonly producer: RecordProducer,
    private readonly budget: ByteBudget,
    private readonly tracing: Tracing,
    @Inject(INTAKE_LIMITS) private readonly limits: IntakeLimits,
  ) {}

  /** Begins a request of an organization's producer. @param trace of the request; undefined when tracing is off */
  open(organization: Prn<'organization'>, nowMs: number, trace?: TraceContext): IntakeRequest {
    const { types, limits } = this;
    return new IntakeRequest(
      { organization, nowMs, types, maxEventBytes: limits.maxEventBytes },
      this.producer,
      this.budget,
      trace === undefined ? undefined : new EventTracing(this.tracing, trace),
    );
  }
}
