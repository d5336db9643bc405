import { backlog } from './backlog.mjs';
import { deliveries } from './deliveries.mjs';
import { endpoints } from './endpoints.mjs';
import { intake } from './intake.mjs';
import { kafkaAndRuntime } from './kafka-and-runtime.mjs';
import { overview } from './overview.mjs';

/** All boards, by the name of their file in dashboards/. */
export const BOARDS = { overview, deliveries, backlog, endpoints, intake, 'kafka-and-runtime': kafkaAndRuntime };
