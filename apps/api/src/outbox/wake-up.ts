/** A sleep that can be ended early. A call that comes while nobody sleeps ends the next sleep at once, so none is lost. */
export class WakeUp {
  #called = false;
  #end: (() => void) | undefined;

  call(): void {
    this.#called = true;
    this.#end?.();
  }

  sleep(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#end = undefined;
        this.#called = false;
        resolve();
      };
      const timer = setTimeout(done, atMostMs);
      this.#end = done;
      if (this.#called) done();
    });
  }
}
