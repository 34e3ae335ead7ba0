import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { mustHaveChromium } from '../../support/browser/chromium.ts';
import { useBrowser } from '../../support/browser/visits.ts';
import { freshName, newUser } from '../../support/people.ts';

describe.skipIf(!mustHaveChromium())('reading on the page', () => {
  const { aliceAndBob, stack, stranger, visit } = useBrowser();

  it('scrolls back through pages to the first thought', async () => {
    const { alice, bob } = await aliceAndBob();
    for (let n = 1; n <= 45; n++) await alice.post(`Step ${n}.`);
    await bob.goTo(`/people/${alice.username}`);
    await bob.sees('Step 45.');
    const end = bob.thoughts('Step 1.');
    for (let tries = 0; tries < 20 && (await end.count()) === 0; tries++) {
      await bob.page.mouse.wheel(0, 4_000);
      await bob.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    await end.waitFor();
    expect(await bob.thoughts('Step').count()).toBe(45);
  });

  it('leads to a thread by its address, and back and forward again', async () => {
    const alice = await newUser(stack, 'alice');
    const { body: thought } = await alice.post('The beginning #deep');
    await alice.post('An answer', { inReplyTo: { author: alice.username, id: thought.id } });
    const reader = await stranger(`/people/${alice.username}/thoughts/${thought.id}`);
    await reader.sees('The beginning');
    await reader.sees('An answer');
    await reader.page.getByRole('link', { name: '#deep' }).click();
    await reader.page.getByRole('heading', { name: '#deep' }).waitFor();
    await reader.page.getByRole('link', { name: alice.username }).first().click();
    await reader.page.getByRole('region', { name: 'Profile' }).waitFor();
    await reader.page.goBack();
    await reader.page.getByRole('heading', { name: '#deep' }).waitFor();
    await reader.page.goForward();
    await reader.page.getByRole('region', { name: 'Profile' }).waitFor();
    await reader.goTo('/nowhere');
    await reader.page.getByText('There is no such page').waitFor();
    expect(reader.complaints).toEqual([]);
  });

  it('has nothing that axe finds serious, in both schemes', async () => {
    const { alice, bob } = await aliceAndBob();
    const { body: thought } = await alice.post('To look at #closely');
    const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    const found: string[] = [];
    for (const path of ['/', `/people/${alice.username}/thoughts/${thought.id}`, '/conversations/new']) {
      await bob.goTo(path);
      await bob.isLive();
      if (!path.endsWith('new')) await bob.sees('To look at');
      found.push(...(await bob.seriousFaults(axe)));
      await bob.page.emulateMedia({ colorScheme: 'dark' });
      found.push(...(await bob.seriousFaults(axe, ['color-contrast'])));
      await bob.page.emulateMedia({ colorScheme: 'light' });
    }
    expect(found).toEqual([]);
  });

  it('is used by the keyboard alone', async () => {
    const alice = await visit(freshName('alice'), '/');
    await alice.page.keyboard.press('Tab');
    expect(await alice.page.evaluate(() => document.activeElement?.textContent)).toBe('To the content');
    const field = alice.page.getByRole('textbox', { name: 'What are you thinking?' });
    for (let tabs = 0; tabs < 12 && !(await field.evaluate((one) => one === document.activeElement)); tabs++) {
      await alice.page.keyboard.press('Tab');
    }
    await alice.page.keyboard.type('Without a mouse');
    await alice.page.keyboard.press('Control+Enter');
    await alice.sees('Without a mouse');
  });
});
