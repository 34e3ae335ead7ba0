import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { findChromium, launchChromium } from '../../support/browser/chromium.ts';
import { Visitor } from '../../support/browser/visitor.ts';
import { freshName } from '../../support/people.ts';

const stack = inject('stack');
let browser: Browser;
const hasChromium = findChromium() !== undefined || process.env.CI !== undefined;

const visit = async (name: string, path?: string) => {
  const visitor = await Visitor.logIn(stack, browser, name, path);
  onTestFinished(() => visitor.close());
  return visitor;
};

describe.skipIf(!hasChromium)('the page', () => {
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it('shows bob what alice posts, without a reload', async () => {
    const alice = freshName('alice');
    const [hers, his] = await Promise.all([visit(alice, '/'), visit(freshName('bob'))]);
    await hers.post(`${alice} was here before`);
    await hers.sees(`${alice} was here before`);
    await his.page.goto(`${stack.page}/people/${alice}`);
    const profile = his.page.getByRole('region', { name: 'Profile' });
    await profile.getByRole('button', { name: 'Follow' }).click();
    await profile.getByRole('button', { name: 'Following' }).waitFor();
    await his.page.getByRole('link', { name: 'Timeline' }).click();
    await his.sees(`${alice} was here before`);
    await hers.post(`Hello from ${alice}`);
    await his.sees(`Hello from ${alice}`);
    expect(await his.thoughts(alice).allInnerTexts()).toHaveLength(2);
    expect([hers.complaints, his.complaints]).toEqual([[], []]);
  });
});
