import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, inject, onTestFinished } from 'vitest';
import { freshName, newUser } from '../people.ts';
import { launchChromium } from './chromium.ts';
import { Visitor } from './visitor.ts';

/** One browser for the tests of a file, and visitors who leave when their test ends. */
export const useBrowser = () => {
  const stack = inject('stack');
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  const leaving = async (coming: (browser: Browser) => Promise<Visitor>): Promise<Visitor> => {
    if (!browser) throw new Error('No browser was started');
    const visitor = await coming(browser);
    onTestFinished(() => visitor.close());
    return visitor;
  };
  /** Somebody who is logged in already. */
  const visit = (name: string, path = '/') => leaving((chromium) => Visitor.loggedIn(stack, chromium, name, path));

  return {
    stack,
    visit,
    /** Somebody who logs in by the issuer's form. */
    logIn: (base: string) => leaving((chromium) => Visitor.logIn(stack, chromium, freshName(base), '/')),
    /** Somebody who is not logged in. */
    stranger: (path: string) => leaving((chromium) => Visitor.open(stack, chromium, path)),
    /** Alice, who posts over the API, and bob, who follows her and looks at the page. */
    aliceAndBob: async (path = '/') => {
      const [alice, follower] = await Promise.all([newUser(stack, 'alice'), newUser(stack, 'bob')]);
      await follower.follow(alice.username);
      return { alice, bob: await visit(follower.username, path), name: follower.username };
    },
  };
};
