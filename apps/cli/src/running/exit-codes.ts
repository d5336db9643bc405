/** How a command can end. Scripts rely on the numbers: they do not change. */
export const EXIT_CODES = {
  ok: { code: 0, when: 'All went well.' },
  failed: {
    code: 1,
    when: 'Fleethook refused the request, or what was asked about is not well: an event was not accepted, a signature does not fit, a test fire failed.',
  },
  usage: { code: 2, when: 'The command was not understood; nothing was sent.' },
  unreachable: { code: 3, when: 'Nothing answers at the address, or not in time.' },
  unauthorized: { code: 4, when: 'There is no API key, or it is not accepted (401), or it lacks a scope (403).' },
  not_found: { code: 5, when: 'What was named does not exist (404).' },
  unavailable: { code: 6, when: 'Fleethook is there, but busy or without its database (429, 503): try again later.' },
  interrupted: { code: 130, when: 'Ctrl-C before the end. What only follows (events tail, listen) ends with 0.' },
} as const;

export type Ending = keyof typeof EXIT_CODES;
