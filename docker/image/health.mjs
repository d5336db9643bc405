// What a container's health check runs: `health.mjs [live|ready]`, live by default. It asks the app that is PID 1; a job has no health.
import { readFileSync } from 'node:fs';
import { get } from 'node:http';

const PORTS = {
  api: process.env['API_PORT'] || '4000',
  ingest: process.env['INGEST_PORT'] || '4001',
  router: process.env['ROUTER_PORT'] || '4002',
  delivery: process.env['DELIVERY_PORT'] || '4003',
  recorder: process.env['RECORDER_PORT'] || '4004',
};
const TIMEOUT_MS = 4_000;

// Behind the entrypoint, whether it is PID 1 itself or has an init before it.
const words = readFileSync('/proc/1/cmdline', 'utf8').split('\0');
const app = words[words.findIndex((word) => word.endsWith('entrypoint.mjs')) + 1];
const port = PORTS[app];
if (port === undefined) process.exit(0);

const url = `http://127.0.0.1:${port}/health/${process.argv[2] ?? 'live'}`;
const request = get(url, { timeout: TIMEOUT_MS, agent: false }, (response) => {
  response.setEncoding('utf8');
  let body = '';
  response.on('data', (chunk) => (body += chunk));
  // Docker keeps what is printed: `docker inspect` then shows the reason.
  response.on('end', () => end(response.statusCode === 200 ? 0 : 1, body));
});
request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
request.on('error', (error) => end(1, error.message));

function end(code, text) {
  process.stdout.write(`${text}\n`, () => process.exit(code));
}
