// An HTTPS endpoint on this machine, to try webhooks with: `node scripts/receiver.mjs`, as in docs/tour.md. It answers 200 and prints what
// came. `?fail=NAME` in its URL: events of that name get a 503 when they come for the first time.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bringUpToDate } from './up-to-date.mjs';

/** @returns key and certificate for localhost, which is its own authority */
async function makeCertificate() {
  await bringUpToDate();
  const { generate } = await import('selfsigned');
  return generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
}

const seen = new Set();

/** By the event's PRN: what fails once arrives when it is sent again, whoever sends it. */
function statusOf(url, headers) {
  const isNew = !seen.has(headers['webhook-id']);
  seen.add(headers['webhook-id']);
  return isNew && url.searchParams.get('fail') === headers['fleethook-event'] ? 503 : 200;
}

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4010' },
    ca: { type: 'string', default: path.join('.fleethook', 'receiver', 'ca.pem') },
  },
});
const { private: key, cert } = await makeCertificate();
mkdirSync(path.dirname(values.ca), { recursive: true });
writeFileSync(values.ca, cert);

const server = createServer({ key, cert }, (request, response) => {
  const url = new URL(request.url, `https://localhost:${server.address().port}`);
  response.statusCode = statusOf(url, request.headers);
  request.resume().on('end', () => {
    process.stdout.write(
      `${response.statusCode} ${request.headers['fleethook-event']}, attempt ${request.headers['fleethook-attempt']}\n`,
    );
    response.end();
  });
});
server.listen(Number(values.port), '127.0.0.1', () => {
  process.stdout.write(`Listening on https://localhost:${server.address().port}; its authority is in ${values.ca}\n`);
});
