/**
 * Webhooks whose description has a text in it, in the search language; undefined: all of them. Only quotes are escaped there, any other
 * backslash is one. The last one would escape the closing quote, and cannot be said: without it at least as much is found.
 */
export function describedAs(text: string): string | undefined {
  const said = text.replace(/\\+$/, '');
  return said === '' ? undefined : `description~'${said.replaceAll("'", String.raw`\'`)}'`;
}
