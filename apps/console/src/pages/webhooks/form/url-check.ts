const MAX_URL_CHARACTERS = 1_028;

export type UrlState =
  { readonly kind: 'empty' | 'fine' } | { readonly kind: 'unfinished' | 'wrong'; readonly message: string };

/**
 * What can be said of a URL while it is typed, before the API looks at it: its own rules, as far as they need no look-up.
 * `unfinished`: it may become right by typing on.
 */
export function checkUrl(url: string): UrlState {
  if (url === '') return { kind: 'empty' };
  if (url.length > MAX_URL_CHARACTERS) return wrong(`must have at most ${MAX_URL_CHARACTERS} characters`);
  if (/[\p{Cc}\s]/u.test(url)) return wrong('must not contain blanks or control characters');
  if ('https://'.startsWith(url)) return { kind: 'unfinished', message: 'A host is still missing' };
  if (!url.startsWith('https://')) return wrong('must start with https://');
  if (!URL.canParse(url)) return wrong('must be a URL');
  const { hostname, username, password, port } = new URL(url);
  if (username !== '' || password !== '')
    return wrong('must not contain a user name or password; there are fields for them');
  if (url.includes('#')) return wrong('must not contain a fragment (#…)');
  if (port === '0') return wrong('must not name port 0');
  const labels = hostname.replace(/\.$/, '').split('.');
  if (!hostname.startsWith('[') && labels.some((label) => label === '' || label.length > 63))
    return wrong('must name a host that can be looked up');
  if (labels.length === 1 && hostname !== 'localhost' && !hostname.startsWith('['))
    return { kind: 'unfinished', message: 'A host name without a dot is known inside a network only' };
  return { kind: 'fine' };
}

const wrong = (message: string): UrlState => ({ kind: 'wrong', message });
