/** Of this release, as receivers see it in `user-agent`; a spec keeps it equal to package.json. */
export const VERSION = '0.1.0';
