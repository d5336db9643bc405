/** How long what was ended may take to be gone. */
export const GRACE_MS = 30_000;

/** Fails a run that does not end by itself; a run that does is not held up. @param after what is over by now, for the sentence */
export function failWhenStillOpen(graceMs, after) {
  setTimeout(() => {
    process.stderr.write(
      `\nStill open ${graceMs / 1000} s after ${after}: ${process.getActiveResourcesInfo().join(', ')}\n`,
    );
    process.exit(1);
  }, graceMs).unref();
}
