import type { Finding } from './finding.js';

const CHECK_WIDTH = 20;

/** `fail  kafka.topics  …: what to do` */
export function lineOf({ status, check, found, remedy }: Finding): string {
  const sentence = remedy === undefined ? found : `${found}: ${remedy}`;
  return `${status.padEnd(4)}  ${check.padEnd(CHECK_WIDTH)}  ${sentence}`;
}

export function reportOf(findings: readonly Finding[]): {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
} {
  return { ok: !hasFailed(findings), findings };
}

/** `11 ok, 1 warning, 2 failed` */
export function summaryOf(findings: readonly Finding[]): string {
  const count = (wanted: Finding['status']): number => findings.filter(({ status }) => status === wanted).length;
  const warnings = count('warn');
  return `${count('ok')} ok, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${count('fail')} failed`;
}

export function hasFailed(findings: readonly Finding[]): boolean {
  return findings.some(({ status }) => status === 'fail');
}
