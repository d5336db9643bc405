// A complete receiver of Fleethook's webhooks in Node 20 or later, without dependencies: WEBHOOK_SECRETS=... node receiver.mjs
// It speaks HTTP: put it behind whatever ends TLS. See ../receivers.md.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const { PORT = '3000', WEBHOOK_SECRETS = '', TOLERANCE_SECONDS = '300' } = process.env;
const MAX_BODY_BYTES = 1_048_576;
const MAX_SEEN = 100_000;
// As 32 hex digits; old and new, separated by a comma, while the secret is rolled.
const keys = WEBHOOK_SECRETS.split(',')
  .filter((hex) => hex !== '')
  .map((hex) => Buffer.from(hex, 'hex'));
if (keys.some(({ length }) => length !== 16)) throw new Error('WEBHOOK_SECRETS: a secret is 32 hex digits');
const seen = new Set();

const isRecent = (seconds) => Math.abs(Date.now() / 1_000 - seconds) <= Number(TOLERANCE_SECONDS);

/** Constant time for each pair of a key and a signature given. */
function anyFits(given, encoding, prefix, body) {
  const expected = keys.map((key) => createHmac('sha256', key).update(prefix).update(body).digest());
  const signatures = given.map((text) => Buffer.from(text, encoding)).filter(({ length }) => length === 32);
  return expected.some((digest) => signatures.some((signature) => timingSafeEqual(digest, signature)));
}

/** Either signature is enough: Peridio's, or that of Standard Webhooks. */
function isSigned(headers, body) {
  const publishedAt = headers['peridio-published-at'] ?? '';
  const peridio = (headers['peridio-signature'] ?? '').split(',');
  if (isRecent(Date.parse(publishedAt) / 1_000) && anyFits(peridio, 'hex', publishedAt, body)) return true;
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '' } = headers;
  const entries = (headers['webhook-signature'] ?? '').split(' ').filter((entry) => entry.startsWith('v1,'));
  const standard = entries.map((entry) => entry.slice(3));
  return isRecent(Number.parseInt(timestamp, 10)) && anyFits(standard, 'base64', `${id}.${timestamp}.`, body);
}

function statusOf(headers, body) {
  // The secret is shown only after the first test fire, which therefore cannot be verified; what else comes is sent again.
  if (keys.length === 0) return headers['fleethook-event'] === 'webhook.test_fire' ? 200 : 503;
  if (!isSigned(headers, body)) return 401;
  const { prn } = JSON.parse(body.toString('utf8')); // What throws is answered with 400.
  if (typeof prn !== 'string') return 400;
  console.log(seen.has(prn) ? `duplicate ${prn}` : `event ${prn}`); // Here: into a queue of yours, unless it is a duplicate.
  seen.add(prn);
  if (seen.size > MAX_SEEN) seen.delete(seen.values().next().value);
  return 200;
}

const server = createServer(async (request, response) => {
  try {
    const chunks = [];
    let bytes = 0;
    for await (const chunk of request) if ((bytes += chunk.length) <= MAX_BODY_BYTES) chunks.push(chunk);
    response.statusCode = bytes > MAX_BODY_BYTES ? 413 : statusOf(request.headers, Buffer.concat(chunks));
  } catch {
    response.statusCode = 400;
  }
  response.end();
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
