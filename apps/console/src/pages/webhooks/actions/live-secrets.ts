/** When secrets end that do, epoch milliseconds: from what the audit log keeps of a roll (`{"secrets":[{"sealed":"***","expiresAtMs":n}]}`). */
export function liveSecretsIn(after: unknown): number[] {
  if (typeof after !== 'object' || after === null || !('secrets' in after) || !Array.isArray(after.secrets)) return [];
  return after.secrets.flatMap((secret: unknown) =>
    typeof secret === 'object' && secret !== null && 'expiresAtMs' in secret && typeof secret.expiresAtMs === 'number'
      ? [secret.expiresAtMs]
      : [],
  );
}
