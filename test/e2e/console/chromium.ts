import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { chromiumPath } from '../../support/chromium-path.js';

/** What a machine without a display and without a network needs, and nothing that would call home. */
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const chromiumIsMissing = !existsSync(chromiumPath());

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath(), args: ARGUMENTS });

export type Scheme = 'light' | 'dark';

export interface Screen {
  readonly width: number;
  readonly height: number;
}

export const DESKTOP: Screen = { width: 1920, height: 1080 };
export const PHONE: Screen = { width: 375, height: 812 };

/** A browser of its own: nothing stored, nothing cached. */
export async function newContext(browser: Browser, viewport: Screen, colorScheme: Scheme): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce', locale: 'en-GB' });
  await context.addInitScript({ path: AXE });
  return context;
}
