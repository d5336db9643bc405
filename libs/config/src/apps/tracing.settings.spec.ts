import { describe, expect, it } from '@jest/globals';
import { faultsOf } from '../testing/faults-of.js';

describe('where spans go', () => {
  it.each(['', 'otlp', 'console', 'zipkin', 'none', 'otlp, console'])('may be %j', (given) => {
    expect(faultsOf('ingest', { OTEL_TRACES_EXPORTER: given })).toEqual([]);
  });

  it.each(['jaeger', 'otlp,bogus', 'OTLP', ','])('is not %s', (given) => {
    expect(faultsOf('ingest', { OTEL_TRACES_EXPORTER: given })).toEqual([
      { variable: 'OTEL_TRACES_EXPORTER', message: 'must be otlp, console, zipkin or none; several with commas' },
    ]);
  });
});
