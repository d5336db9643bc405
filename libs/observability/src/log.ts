import type { Logger } from 'pino';

/** One wide JSON object per unit of work; `event` names it (`delivery.attempted`), fields are snake_case. Never a secret, never a body. */
export type Log = Logger;
