// A run that is over must end by itself: what keeps the process alive (a socket, a timer) is a leak that a server would have too.
import { failWhenStillOpen, GRACE_MS } from './open-handles.js';

/** Stopping services is part of the run, and takes a busy machine minutes; `services-down.js` watches what comes after it. */
const WITH_SERVICES_GRACE_MS = 600_000;

export default class OpenHandlesReporter {
  onRunComplete() {
    const hasServices = globalThis.fleethookTestServices !== undefined;
    failWhenStillOpen(hasServices ? WITH_SERVICES_GRACE_MS : GRACE_MS, 'the last test');
  }
}
