import { Inject, Injectable } from '@nestjs/common';
import { EventTypes, type Prn } from '@fleethook/events';
import { RecordProducer } from '@fleethook/kafka';
import { ByteBudget } from './byte-budget.js';
import { INTAKE_LIMITS, type IntakeLimits } from './intake-limits.js';
import { IntakeRequest } from './intake-request.js';

/** Where events enter: checks them, gives them their one form, and sees them into Kafka. */
@Injectable()
export class EventIntake {
  constructor(
    private readonly types: EventTypes,
    private readonly producer: RecordProducer,
    private readonly budget: ByteBudget,
    @Inject(INTAKE_LIMITS) private readonly limits: IntakeLimits,
  ) {}

  /** Begins a request of an organization's producer. */
  open(organization: Prn<'organization'>, nowMs: number): IntakeRequest {
    const { types, limits } = this;
    return new IntakeRequest(
      { organization, nowMs, types, maxEventBytes: limits.maxEventBytes },
      this.producer,
      this.budget,
    );
  }
}
