// Preloaded into an app (`NODE_OPTIONS=--import`): its wall clock is off by the milliseconds in CLOCK_OFFSET_FILE, which it reads again on
// SIGUSR2, as if somebody had set the machine's clock. What is monotonic (`performance.now`, timers) stays as it is, as on a real machine.
import { readFileSync } from 'node:fs';

const RealDate = Date;
let offsetMs = 0;

function read() {
  const text = readFileSync(process.env['CLOCK_OFFSET_FILE'], 'utf8');
  offsetMs = Number(text);
}

globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + offsetMs);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + offsetMs;
  }
};

read();
process.on('SIGUSR2', read);
