/** Fails the run when something is still open after the last test: a leak that `--forceExit` would hide. */
export default class OpenHandlesReporter {
  constructor(globalConfig) {
    this.globalConfig = globalConfig;
  }

  onRunComplete() {
    // Workers have resources of their own; only a run in band shows ours.
    if (this.globalConfig.maxWorkers > 1) return;
    setTimeout(() => {
      process.stderr.write(`still open after the last test: ${process.getActiveResourcesInfo().join(', ')}\n`);
      process.exit(1);
    }, 10_000).unref();
  }
}
