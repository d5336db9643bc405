import { timestampOf } from '@fleethook/events';
import { SimulatedDevice, type Step } from './device.js';
import { payloadOf, type PayloadOptions } from './payload.js';
import { SeededRandom } from './random.js';

export interface FleetOptions extends PayloadOptions {
  readonly seed: string;
  readonly devices: number;
  /** Events a second, on average; they come as chance has it. */
  readonly ratePerSecond: number;
  readonly authFailureRatio: number;
  /** So many devices lose or find the network at once, every so often. */
  readonly burst: { readonly size: number; readonly everyMs: number } | undefined;
  /** Events bear the time of the simulation instead of the one at which they are taken in. */
  readonly isDated: boolean;
}

export interface SimulatedEvent {
  /** From the start. */
  readonly atMs: number;
  readonly name: Step;
  /** Without a PRN: the same simulation twice makes two events of each. */
  readonly json: string;
}

/** The events of a fleet in the order of their time, without end: the same for the same options. */
export function* simulateFleet(options: FleetOptions): Generator<SimulatedEvent, never> {
  const random = new SeededRandom(options.seed);
  const devices = Array.from({ length: options.devices }, (_, index) => new SimulatedDevice(index, random));
  const { burst, ratePerSecond, authFailureRatio } = options;
  const burstEveryMs = burst?.everyMs ?? Infinity;
  let burstAtMs = burstEveryMs;
  let atMs = 0;
  for (;;) {
    // Of events that know nothing of each other, the pauses between them are exponentially distributed.
    atMs += (-Math.log(1 - random.next()) / ratePerSecond) * 1_000;
    for (; burstAtMs <= atMs; burstAtMs += burstEveryMs)
      for (const device of someOf(devices, burst?.size ?? 0, random))
        yield event(device.flap(burstAtMs, random, authFailureRatio), device, burstAtMs);
    const device = devices[random.index(devices.length)];
    if (device !== undefined) yield event(device.next(atMs, random, authFailureRatio), device, atMs);
  }

  function event(name: Step, device: SimulatedDevice, at: number): SimulatedEvent {
    const [type, subtype] = name.split('.');
    const data = payloadOf(name, device, random, options);
    if (name === 'device.release_changed') device.upgrade();
    const insertedAt = options.isDated ? { inserted_at: timestampOf(options.startMs + at) } : {};
    return { atMs: at, name, json: JSON.stringify({ ...insertedAt, type, data: { type: subtype, data } }) };
  }
}

/** Neighbours, as behind one network. */
function someOf(devices: readonly SimulatedDevice[], size: number, random: SeededRandom): SimulatedDevice[] {
  const first = random.index(devices.length);
  return Array.from(
    { length: Math.min(size, devices.length) },
    (_, offset) => devices[(first + offset) % devices.length],
  ).filter((device) => device !== undefined);
}
