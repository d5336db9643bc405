/** What a field of local time shows. Empty for what is no time: a link may say anything. @param utc ISO 8601 */
export function localOf(utc: string | null): string {
  const at = new Date(utc ?? '');
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return Number.isNaN(local.getTime()) ? '' : local.toISOString().slice(0, 19);
}

/** Whole seconds in UTC, as the API takes them; empty for what is no time. @param local as a field of local time has it */
export function utcOf(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? '' : `${at.toISOString().slice(0, 19)}Z`;
}
