import type { Sink } from '../output/output.js';
import type { Host } from './host.js';

/** Where nothing is given and nothing runs: for looking at commands without carrying one out. */
export function bareHost(sink: Sink): Host {
  return {
    root: '.',
    environment: {
      url: undefined,
      ingestUrl: undefined,
      apiKey: undefined,
      webhookSecret: undefined,
      dataDir: undefined,
      noColor: true,
      columns: undefined,
    },
    stdout: sink,
    stderr: sink,
    signal: new AbortController().signal,
    ending: 'ok',
  };
}
