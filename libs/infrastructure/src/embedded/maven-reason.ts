const ERROR = /\[ERROR\]\s*(.+)/;
const CAUSE = /^Caused by: (.+)/;
/** Progress, warnings, the frames of a stack, and what stands above the cause of one. */
const NO_REASON = /^(\[(INFO|WARN(ING)?)\]|\tat |\t\.\.\. |Exception in thread )/;

/**
 * Why Maven failed, by what it printed. Its own faults are lines of `[ERROR]`; before it gets that far its launcher says in plain words what
 * it lacks (`JAVA_HOME`), and Java prints a stack.
 */
export function mavenReason(lines: readonly string[]): string {
  const told = lines.map((line) => ERROR.exec(line)?.[1]).find((line) => line !== undefined);
  const cause = lines.map((line) => CAUSE.exec(line)?.[1]).findLast((line) => line !== undefined);
  const plain = lines.find((line) => line.trim() !== '' && !NO_REASON.test(line));
  return (told ?? cause ?? plain ?? 'it gave no reason').trim().replace(/[.,:]$/, '');
}
