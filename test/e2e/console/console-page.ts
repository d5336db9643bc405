import type { AxeResults } from 'axe-core';
import { eventually } from '../../support/eventually.js';
import type { BrowserContext, Page, Request } from 'playwright-core';

/** A tab of the console, and everything that went wrong in it. */
export class ConsolePage {
  /** Requests to other hosts, errors of scripts, violations of the page's policy. */
  readonly faults: string[] = [];
  /** Everything that left the page, as one text each: address and body. */
  readonly sent: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly apiUrl: string,
  ) {
    page.on('request', (request) => this.#note(request));
    page.on('pageerror', (error) => this.faults.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && /Content Security Policy|Refused to/.test(message.text()))
        this.faults.push(`policy: ${message.text()}`);
    });
  }

  static async open(context: BrowserContext, apiUrl: string): Promise<ConsolePage> {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    return new ConsolePage(page, apiUrl);
  }

  #note(request: Request): void {
    const url = request.url();
    this.sent.push(`${request.method()} ${url} ${request.postData() ?? ''}`);
    if (new URL(url).origin !== this.apiUrl) this.faults.push(`another host: ${url}`);
  }

  /** @param path below `/console` */
  async goTo(path: string): Promise<void> {
    await this.page.goto(`${this.apiUrl}/console${path}`);
  }

  /** The same without loading everything anew, as a link does it. */
  async moveTo(path: string): Promise<void> {
    await this.page.evaluate(
      `history.pushState(null, '', ${JSON.stringify(`/console${path}`)}); dispatchEvent(new PopStateEvent('popstate'))`,
    );
    const main = this.page.locator(`main[data-path=${JSON.stringify(path.replace(/\?.*/, ''))}][aria-busy=false]`);
    await main.getByRole('heading', { level: 1 }).waitFor();
    await this.settled();
  }

  async signIn(apiKey: string): Promise<void> {
    await this.page.getByLabel('API key').fill(apiKey);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Waits until a page is there with all that it asks for. */
  async heading(name: string | RegExp): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name }).waitFor();
  }

  async settled(): Promise<void> {
    await this.page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
  }

  async text(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  async click(name: string | RegExp, role: 'button' | 'link' | 'radio' | 'checkbox' = 'button'): Promise<void> {
    await this.page.getByRole(role, { name }).first().click();
  }

  /** Nothing fades or moves any more: a colour on its way is none to judge. What never ends is not waited for. */
  async stillness(): Promise<void> {
    const moving = `document.getAnimations().filter(({ playState, effect }) =>
      playState === 'running' && effect.getComputedTiming().iterations !== Infinity).length`;
    await eventually(
      async () => {
        if ((await this.page.evaluate<number>(moving)) > 0) throw new Error('something still moves');
      },
      { withinMs: 30_000 },
    );
  }

  /** How far the page is wider than the screen. */
  tooWideBy(): Promise<number> {
    return this.page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  }

  /** Violations of WCAG 2.2 A and AA as far as a program can see them, one line each. */
  async violations(): Promise<string[]> {
    const tags = JSON.stringify(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']);
    const { violations } = await this.page.evaluate<AxeResults>(
      `axe.run(document, { resultTypes: ['violations'], runOnly: { type: 'tag', values: ${tags} } })`,
    );
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join(' | ')}`,
    );
  }
}
