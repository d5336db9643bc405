// Stops what services-up.js brought up, and nothing else.
import { rm } from 'node:fs/promises';
import { failWhenStillOpen, GRACE_MS } from './open-handles.js';

export default async function servicesDown() {
  const started = globalThis.fleethookTestServices;
  if (started === undefined) return;
  await started.infrastructure.stop();
  await rm(started.dataDir, { recursive: true, force: true });
  failWhenStillOpen(GRACE_MS, 'its services were stopped');
}
