import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { AUDIENCE, fetchToken } from '../../../local/issuer.ts';
import type { Stack } from '../../../local/stack.ts';

const WAIT_MS = 10_000;

/** As much of axe as is used here. */
interface Axe {
  run(options: object): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
}

/** Somebody with a browser of their own, logged in or not. */
export class Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page has complained about: errors, and what its policy has refused. */
  readonly complaints: string[] = [];
  readonly #stack: Stack;

  private constructor(stack: Stack, context: BrowserContext, page: Page) {
    this.#stack = stack;
    this.context = context;
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()));
  }

  static async open(stack: Stack, browser: Browser, path = '/', options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(WAIT_MS);
    const visitor = new Visitor(stack, context, await context.newPage());
    await visitor.goTo(path);
    return visitor;
  }

  /** Opens the page and logs in by a name, as a person does. */
  static async logIn(
    stack: Stack,
    browser: Browser,
    name: string,
    path = '/everything',
    options: BrowserContextOptions = {},
  ): Promise<Visitor> {
    const visitor = await Visitor.open(stack, browser, path, options);
    await visitor.page.getByRole('button', { name: 'Log in' }).first().click();
    await visitor.page.getByLabel('Name').fill(name);
    await visitor.page.getByRole('button', { name: 'Log in' }).click();
    await visitor.isLive();
    return visitor;
  }

  /** A browser whose person is logged in already. */
  static async loggedIn(
    stack: Stack,
    browser: Browser,
    name: string,
    path = '/',
    options: BrowserContextOptions = {},
  ): Promise<Visitor> {
    const login = {
      access_token: await fetchToken(stack.issuer, name),
      token_type: 'Bearer',
      profile: { sub: name, username: name },
      expires_at: Math.floor(Date.now() / 1000) + 3_000,
    };
    const stored = { name: `oidc.user:${stack.issuer}:${AUDIENCE}`, value: JSON.stringify(login) };
    const storageState = { cookies: [], origins: [{ origin: stack.page, localStorage: [stored] }] };
    const visitor = await Visitor.open(stack, browser, path, { storageState, ...options });
    await visitor.isLive();
    return visitor;
  }

  /** A second page in the same browser. */
  async tab(path = '/'): Promise<Visitor> {
    const tab = new Visitor(this.#stack, this.context, await this.context.newPage());
    await tab.goTo(path);
    await tab.isLive();
    return tab;
  }

  async goTo(path: string): Promise<void> {
    await this.page.goto(`${this.#stack.page}${path}`);
  }

  /** Waits until the connection is live. */
  isLive = (): Promise<void> => this.sign('Live').waitFor();

  /** What the page says of its connection, where it can be seen. */
  sign(text: string): Locator {
    return this.page.locator('.sign:visible', { hasText: text });
  }

  async post(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'What are you thinking?' }).fill(text);
    await this.page.getByRole('button', { name: 'Post', exact: true }).click();
  }

  /** Whose name the page knows this person by. */
  async username(): Promise<string> {
    const address = await this.page.getByRole('link', { name: 'You', exact: true }).getAttribute('href');
    return address?.split('/').at(-1) ?? '';
  }

  /** Follows somebody on their page. */
  async follow(username: string): Promise<void> {
    await this.goTo(`/people/${username}`);
    const profile = this.page.getByRole('region', { name: 'Profile' });
    await profile.getByRole('button', { name: 'Follow' }).click();
    await profile.getByRole('button', { name: 'Following' }).waitFor();
  }

  /** What axe calls serious or critical on the page as it is. @param script the path of axe's script */
  async seriousFaults(script: string): Promise<string[]> {
    // By the debugger's own way in, for the page's policy lets no script be added.
    if (!(await this.page.evaluate(() => 'axe' in globalThis))) await this.page.evaluate(readFileSync(script, 'utf8'));
    return this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: Axe };
      const { violations } = await axe.run({ resultTypes: ['violations'] });
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id} at ${nodes.map(({ html }) => html).join(' | ')}`);
    });
  }

  /** The cards with a text, in the order of the page. */
  thoughts(text: string | RegExp): Locator {
    return this.page.getByRole('article').filter({ hasText: text });
  }

  /** Waits for a thought that the list itself shows, and not the push buffer. */
  sees = (text: string): Promise<void> =>
    this.page.locator('article:not(.thought-pending)').filter({ hasText: text }).first().waitFor();

  close = (): Promise<void> => this.context.close();
}
