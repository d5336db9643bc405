// Stops what services-up.js brought up, and nothing else.
import { rm } from 'node:fs/promises';
import { failWhenStillOpen } from './open-handles.js';

const GRACE_MS = 30_000;

export default async function servicesDown() {
  const started = globalThis.fleethookTestServices;
  if (started === undefined) return;
  await started.infrastructure.stop();
  await rm(started.dataDir, { recursive: true, force: true });
  failWhenStillOpen(GRACE_MS, 'its services were stopped');
}
