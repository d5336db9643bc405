import { describe, expect, it } from '@jest/globals';
import { internalOf, PartitionAssigners } from '../client/kafkajs.js';

interface Consumer {
  readonly events: { readonly GROUP_JOIN: string };
  on(event: string, listener: () => void): void;
}

interface Emitter {
  emit(event: string, payload: object): void;
}

const createConsumer = internalOf('consumer') as (options: object) => Consumer;
const InstrumentationEventEmitter = internalOf('instrumentation/emitter') as new () => Emitter;
const { GROUP_JOIN } = (internalOf('consumer/instrumentationEvents') as { events: { GROUP_JOIN: string } }).events;

describe('events of the client', () => {
  it('let a throw of a listener out, which would fail the join: ours are guarded', () => {
    const instrumentationEmitter = new InstrumentationEventEmitter();
    const consumer = createConsumer({
      groupId: 'g',
      cluster: {},
      logger: { namespace: () => ({}) },
      instrumentationEmitter,
    });
    consumer.on(consumer.events.GROUP_JOIN, () => {
      throw new Error('a listener');
    });
    // When this fails, the guard can go.
    expect(() => instrumentationEmitter.emit(GROUP_JOIN, {})).toThrow('a listener');
  });
});

describe('assigners of the client', () => {
  it('are one, and it moves partitions about at every join: ours is sticky', () => {
    expect(Object.keys(PartitionAssigners)).toEqual(['roundRobin']);
  });
});
