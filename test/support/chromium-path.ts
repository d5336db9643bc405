const DEBIAN = '/usr/bin/chromium';

/** The browser that is there; none is ever downloaded. */
export const chromiumPath = (): string => process.env['CHROMIUM_PATH'] ?? DEBIAN;

/** Where pictures of the console are to be written; undefined: nowhere. */
export const screenshotFolder = (): string | undefined => process.env['FLEETHOOK_SCREENSHOTS'];
