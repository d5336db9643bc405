import { describe, expect, it } from '@jest/globals';
import type { Schemas } from '@fleethook/contract';
import { Output, type Sink } from '../output/output.js';
import { showPipeline } from './pipeline-view.js';

const KNOWN: Schemas['Pipeline'] = {
  generated_at: '2026-01-01T00:00:00Z',
  past_due_seconds: 90,
  tiers: [{ tier: '5s', waiting: 3, past_due_seconds: 90 }],
  lag: [{ group: 'fleethook-router', topic: 'fleet.events', partitions: 12, records: 7 }],
  open_breakers: 0,
  history_lag_seconds: 0,
};
const UNKNOWN: Schemas['Pipeline'] = {
  generated_at: '2026-01-01T00:00:00Z',
  past_due_seconds: null,
  tiers: null,
  lag: null,
  open_breakers: null,
  history_lag_seconds: null,
};

function shown(pipeline: Schemas['Pipeline']): string {
  const texts: string[] = [];
  const sink: Sink = { write: (text) => void texts.push(text), isTerminal: false, columns: 120 };
  const output = new Output(sink, sink, { json: false, color: false, wide: false }, { noColor: true, columns: 120 });
  showPipeline(output, pipeline);
  return texts.join('');
}

describe('showPipeline', () => {
  it('says what is past due and where what waits is', () => {
    expect(shown(KNOWN)).toMatch(/past due +1 m 30 s[^]*fleethook-router +fleet\.events +12 +7[^]*5s +3 +1 m 30 s/);
  });

  it('says that nothing is known while Kafka is away', () => {
    expect(shown(UNKNOWN)).toMatch(/past due +not known[^]*Not known: Kafka could not be asked/);
  });
});
