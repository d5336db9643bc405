/** Where events are posted. */
export const EVENTS_PATH = '/v1/events';
