// The demo as a container of its own: a receiver that checks every signature, and a small fleet, against apps that run elsewhere.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { messageOf } from '@fleethook/infrastructure';
import { AdminApi } from '../admin-api.js';
import { DataFolder } from '../data/data-folder.js';
import { DemoState } from '../demo/demo-state.js';
import { Demo } from '../demo/demo.js';

const { values } = parseArgs({
  options: {
    api: { type: 'string', default: 'http://api:4000' },
    ingest: { type: 'string', default: 'http://ingest:4001' },
    'api-key-file': { type: 'string', default: '/run/fleethook/keys/api_key' },
    state: { type: 'string', default: '/var/lib/fleethook/demo' },
    host: { type: 'string', default: 'demo-receiver' },
    port: { type: 'string', default: '4443' },
  },
});

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stopping.abort());

const say = (sentence: string): void => {
  process.stdout.write(`${sentence}\n`);
};

try {
  const folder = new DataFolder(values.state);
  const address = { host: values.host, listenOn: '0.0.0.0', port: Number(values.port) };
  const apiKey = readFileSync(values['api-key-file'], 'utf8').trim();
  const demo = new Demo(await DemoState.load(folder, address), folder);
  const api = new AdminApi(() => values.api, apiKey);
  const where = `the receiver at ${values.host}:${values.port}`;
  await demo.perform({ api, apiKey, ingestUrl: () => values.ingest, say, where, showPrns: true }, stopping.signal);
  demo.close();
} catch (error) {
  if (!stopping.signal.aborted) {
    process.stderr.write(`The demo cannot run: ${messageOf(error)}\n`);
    process.exitCode = 1;
  }
}
// What is still in flight comes again, to the next start.
process.exit();
