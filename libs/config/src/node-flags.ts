/**
 * With what the Node of an app is started, wherever we start it; `docker/Dockerfile` sets the same.
 *
 * By itself V8 lets the young generation grow to 128 MiB when much lives for a moment, keeps it for as long as it likes, and counts it
 * beside `--max-old-space-size`: resident memory then moves by half of what a process needs (docs/performance.md).
 */
export const NODE_FLAGS: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=16'];
