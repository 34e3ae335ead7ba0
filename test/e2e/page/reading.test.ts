import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../../tools/support/measure.ts';
import { mustHaveChromium } from '../../support/browser/chromium.ts';
import type { Visitor } from '../../support/browser/visitor.ts';
import { useBrowser } from '../../support/browser/visits.ts';
import { freshName, newUser } from '../../support/people.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
type Look = { width: number; height: number; colorScheme: 'light' | 'dark' };
const WIDE_LIGHT: Look = { width: 1280, height: 820, colorScheme: 'light' };
const NARROW_DARK: Look = { width: 390, height: 844, colorScheme: 'dark' };
/** What is on every view, its head and its navigation, is looked at in these too. */
const OTHERS: Look[] = [
  { ...WIDE_LIGHT, colorScheme: 'dark' },
  { ...NARROW_DARK, colorScheme: 'light' },
];

/** What axe finds on a view, as it looks each time. */
const faultsOf = async (visitor: Visitor, view: string, looks: Look[]): Promise<string[]> => {
  const found: string[] = [];
  for (const { width, height, colorScheme } of looks) {
    await visitor.page.setViewportSize({ width, height });
    await visitor.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const faults = await visitor.seriousFaults(AXE);
    found.push(...faults.map((fault) => `${view}, ${width} wide, ${colorScheme}: ${fault}`));
  }
  return found;
};

describe.skipIf(!mustHaveChromium())('reading on the page', () => {
  const { aliceAndBob, stack, stranger, visit } = useBrowser();

  it('scrolls back through pages to the first thought', async () => {
    const { alice, bob } = await aliceAndBob();
    for (let n = 1; n <= 45; n++) await alice.post(`Step ${n}.`);
    await bob.goTo(`/people/${alice.username}`);
    await bob.sees('Step 45.');
    const end = bob.thoughts('Step 1.');
    await waitFor('the first thought', async () => {
      await bob.page.mouse.wheel(0, 4_000);
      return (await end.count()) > 0;
    });
    expect(await bob.thoughts('Step').count()).toBe(45);
  });

  it('opens a thread by its URL, and goes back and forward', async () => {
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

  it('opens the requested page after the login', async () => {
    const name = freshName('alice');
    const reader = await stranger('/conversations/new?with=bob');
    await reader.page.getByRole('button', { name: 'Log in and go on' }).click();
    await reader.page.getByLabel('Name').fill(name);
    await reader.page.getByRole('button', { name: 'Log in' }).click();
    await reader.page.getByRole('heading', { name: 'New conversation' }).waitFor();
    expect(await reader.page.getByLabel('With').inputValue()).toBe('bob');
  });

  it('has nothing that axe finds serious on any view, in both schemes and sizes', async () => {
    const { alice, bob, name } = await aliceAndBob();
    const { body: thought } = await alice.post('To look at #closely');
    const { body: opened } = await alice.must('POST', '/conversations', { members: [name], text: 'A word?' });
    const author = `/people/${alice.username}`;
    const views: Record<string, string | undefined> = {
      '/': 'To look at',
      // Other files post meanwhile: theirs may be on the first page.
      '/everything': undefined,
      '/topics/closely': 'To look at',
      [author]: 'To look at',
      [`${author}/followers`]: name,
      [`${author}/thoughts/${thought.id}`]: 'To look at',
      '/conversations': 'A word?',
      [`/conversations/${opened.conversation.id}`]: 'A word?',
      '/conversations/new': 'First message',
      '/nowhere': 'There is no such page',
    };
    const found: string[] = [];
    for (const [path, text] of Object.entries(views)) {
      await bob.goTo(path);
      await bob.isLive();
      const main = bob.page.locator('main');
      await (text === undefined ? main.getByRole('article') : main.getByText(text)).first().waitFor();
      found.push(...(await faultsOf(bob, path, [WIDE_LIGHT, NARROW_DARK, ...(path === '/' ? OTHERS : [])])));
    }
    const reader = await stranger('/');
    await reader.page.getByRole('article').first().waitFor();
    found.push(...(await faultsOf(reader, 'the start page', [WIDE_LIGHT, NARROW_DARK, ...OTHERS])));
    expect(found).toEqual([]);
    // 26 looks at a page, a second or more each on a busy machine.
  }, 180_000);

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
