/** How long what was ended may take to be gone. */
export const GRACE_MS = 30_000;

/** Fails a run that does not end by itself; a run that does is not held up. @param after what is over by now, for the sentence */
export function failWhenStillOpen(graceMs, after) {
  setTimeout(() => {
    const kinds = process.getActiveResourcesInfo().join(', ');
    process.stderr.write(`\nStill open ${graceMs / 1000} s after ${after}: ${kinds}\n${handles().join('\n')}\n`);
    process.exit(1);
  }, graceMs).unref();
}

/** What the handles lead to. */
function handles() {
  // oxlint-disable-next-line no-underscore-dangle -- Node's own list; the one that it documents has kinds alone
  return process._getActiveHandles().map((handle) => {
    const { localPort, remoteAddress, remotePort, pid, spawnargs } = handle;
    const leadsTo = spawnargs
      ? `process ${pid}: ${spawnargs.join(' ').slice(0, 200)}`
      : `${localPort ?? JSON.stringify(handle.address?.())} to ${remoteAddress ?? 'nobody'}:${remotePort ?? ''}`;
    return `- ${handle.constructor.name} ${leadsTo}`;
  });
}
