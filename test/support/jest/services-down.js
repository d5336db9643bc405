// Stops what services-up.js brought up, and nothing else.
import { rm } from 'node:fs/promises';

export default async function servicesDown() {
  const started = globalThis.fleethookTestServices;
  if (started === undefined) return;
  await started.infrastructure.stop();
  await rm(started.dataDir, { recursive: true, force: true });
}
