import { Controller, Inject, Post, Req, Res, UseGuards } from '@nestjs/common';
import { METRICS, type Metrics, startAtZero } from '@fleethook/observability';
import { requestSpan } from '@fleethook/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiKeyGuard } from './auth/api-key.guard.js';
import { bodyFormat, type BodyFormat } from './body/body-format.js';
import { BodyReader } from './body/body-reader.js';
import { ArrivalDeadline } from './http/arrival-deadline.js';
import { EVENTS_PATH } from './http/events-path.js';
import { Problem, unavailable } from './http/problem.js';
import { factsOf } from './http/request-facts.js';
import { EventIntake } from './intake/event-intake.js';
import type { EventResults } from './intake/event-results.js';
import type { IntakeRequest } from './intake/intake-request.js';
import { OrganizationRate } from './intake/organization-rate.js';

/** `POST /v1/events`: a 202 means that what it lists as accepted is in Kafka, acknowledged by all in-sync replicas. */
@Controller(EVENTS_PATH)
@UseGuards(ApiKeyGuard)
export class EventsController {
  constructor(
    private readonly intake: EventIntake,
    private readonly bodies: BodyReader,
    private readonly rate: OrganizationRate,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    startAtZero(metrics.ingestEvents, 'result', ['accepted', 'rejected', 'unavailable']);
  }

  @Post()
  async take(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<EventResults> {
    const facts = factsOf(request);
    const { organization } = facts;
    if (organization === undefined) throw new Error('the guard let a request in without an organization');
    const waitSeconds = this.rate.waitSeconds(organization);
    if (waitSeconds !== undefined)
      throw new Problem(429, 'The organization sends more events than it may', { retryAfterSeconds: waitSeconds });
    const format = bodyFormat(request.headers);

    const events = this.intake.open(organization, Date.now(), requestSpan(request)?.context);
    const deadline = new ArrivalDeadline(request, reply);
    try {
      const { problem, results } = await this.#read(request, format, events, deadline.signal);
      this.rate.spend(organization, events.count);
      facts.accepted = results.accepted;
      facts.rejected = results.rejected.length;
      this.#count(events, results, problem);
      if (problem !== undefined) throw withResults(problem, results);
      if (events.unavailable !== undefined) throw unavailable(events.unavailable, results);
      void reply.status(statusOf(events, results));
      return results;
    } finally {
      deadline.release();
      events.held.release();
    }
  }

  /** What became of the events, also of those before something went wrong. */
  async #read(
    request: FastifyRequest,
    format: BodyFormat,
    events: IntakeRequest,
    signal: AbortSignal,
  ): Promise<{ problem: unknown; results: EventResults }> {
    let problem: unknown;
    try {
      await this.bodies.read(request.raw, format, events, signal);
    } catch (error) {
      problem = error;
    }
    return { problem, results: await events.results() };
  }

  #count(events: IntakeRequest, { accepted, rejected }: EventResults, problem: unknown): void {
    const { ingestEvents } = this.metrics;
    const unsent = events.count - accepted - rejected.length;
    const isClients = events.unavailable === undefined && problem instanceof Problem && problem.status < 500;
    ingestEvents.inc({ result: 'accepted' }, accepted);
    // With a request that is refused all of it is, also what was well.
    ingestEvents.inc({ result: 'rejected' }, rejected.length + (isClients ? unsent : 0));
    ingestEvents.inc({ result: 'unavailable' }, isClients ? 0 : unsent);
  }
}

function statusOf(events: IntakeRequest, { accepted }: EventResults): number {
  if (accepted > 0) return 202;
  return events.isTooLarge ? 413 : 422;
}

/** What was accepted before a request went wrong stays accepted: the answer lists it. */
function withResults(problem: unknown, results: EventResults): unknown {
  if (!(problem instanceof Problem) || results.accepted === 0) return problem;
  return new Problem(problem.status, problem.detail, { ...problem.more, results });
}
