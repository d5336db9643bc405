/** The receiver of every bench, a process of its own: answers 200 to all and counts. Its CPU is nobody's. */
import { writeFileSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';

export interface SinkListening {
  readonly type: 'listening';
  readonly url: string;
  readonly caFile: string;
}

const certificate = await generate([{ name: 'commonName', value: 'localhost' }], {
  algorithm: 'sha256',
  keyType: 'ec',
  extensions: [
    { name: 'basicConstraints', cA: true },
    { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
  ],
});
const caFile = join(mkdtempSync(join(tmpdir(), 'fleethook-bench-')), 'ca.pem');
writeFileSync(caFile, certificate.cert);

let received = 0;
const server = createServer({ key: certificate.private, cert: certificate.cert }, (request, response) => {
  request.resume();
  request.on('end', () => {
    received += 1;
    response.writeHead(200, { 'content-length': 2 });
    response.end('ok');
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ type: 'listening', url: `https://localhost:${port}`, caFile } satisfies SinkListening);
});
process.on('message', () => process.send?.({ type: 'received', received }));
process.on('disconnect', () => process.exit(0));
