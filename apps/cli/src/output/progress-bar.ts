import type { Output } from './output.js';

const WIDTH = 30;

/** On a terminal a bar that is drawn over itself, elsewhere nothing. */
export class ProgressBar {
  #isDrawn = false;

  constructor(private readonly output: Output) {}

  /** @param percent null while it is not known */
  draw(percent: number | null, words: string): void {
    if (!this.output.isLive) return;
    this.#isDrawn = true;
    this.output.live(`${barOf(percent)} ${words}`);
  }

  end(): void {
    if (this.#isDrawn) this.output.live('');
    this.#isDrawn = false;
  }
}

export function barOf(percent: number | null): string {
  const filled = Math.round((Math.min(100, percent ?? 0) / 100) * WIDTH);
  const shown = percent === null ? '  ?  ' : `${percent.toFixed(1).padStart(5)}%`;
  return `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${shown}`;
}
