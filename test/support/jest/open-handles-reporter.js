// A run that is over must end by itself: what keeps the process alive (a socket, a timer) is a leak that a server would have too.
const GRACE_MS = 30_000;

export default class OpenHandlesReporter {
  onRunComplete() {
    setTimeout(() => {
      process.stderr.write(
        `\nStill open ${GRACE_MS / 1000} s after the last test: ${process.getActiveResourcesInfo().join(', ')}\n`,
      );
      process.exit(1);
    }, GRACE_MS).unref();
  }
}
