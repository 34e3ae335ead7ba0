import { describe, expect, it } from 'vitest';
import { mustHaveChromium } from '../../support/browser/chromium.ts';
import { useBrowser } from '../../support/browser/visits.ts';
import { photo } from '../../support/images.ts';
import { freshName } from '../../support/people.ts';

describe.skipIf(!mustHaveChromium())('writing on the page', () => {
  const { aliceAndBob, visit } = useBrowser();

  it('answers and reacts in a thread', async () => {
    const { alice, bob } = await aliceAndBob();
    const { body: thought } = await alice.post('What do you think?');
    await bob.goTo(`/people/${alice.username}/thoughts/${thought.id}`);
    await bob.page.getByRole('textbox', { name: `Reply to ${alice.username}` }).fill('I think so too');
    await bob.page.getByRole('button', { name: 'Reply', exact: true }).click();
    await bob.sees('I think so too');
    await bob.page.getByText('1 reply').waitFor();
    await bob.page.getByRole('button', { name: 'React' }).first().click();
    await bob.page.getByRole('button', { name: 'love' }).click();
    await bob.page.getByText('1 reaction').waitFor();
    const { body } = await alice.must('GET', `/users/${alice.username}/thoughts/${thought.id}/reactions`);
    expect(body.items.map(({ kind }: { kind: string }) => kind)).toEqual(['love']);
  });

  it('shows a text as text, and never as HTML', async () => {
    const { alice, bob } = await aliceAndBob();
    const attacks = [
      '<img src=x onerror="window.attacked = true">',
      '<script>window.attacked = true</script>',
      'javascript:window.attacked=true',
      '"><svg onload=window.attacked=true>',
      '[a](javascript:window.attacked=true)',
    ];
    await alice.must('PUT', '/users/me', { name: attacks[0], bio: attacks[1] });
    for (const attack of attacks) await alice.post(attack);
    for (const attack of attacks) await bob.sees(attack);
    await bob.goTo(`/people/${alice.username}`);
    await bob.page.getByRole('heading', { name: attacks[0] as string }).waitFor();
    for (const attack of attacks) await bob.sees(attack);
    expect(await bob.page.evaluate(() => 'attacked' in window)).toBe(false);
    const links = await bob.page
      .locator('.thought-text a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(links.filter((href) => !href?.startsWith('/') && !href?.startsWith('https://'))).toEqual([]);
  });

  it('shows a photo from the bucket, turned as the phone held it', async () => {
    const alice = await visit(freshName('alice'), '/');
    // Of 8 by 4 pixels, and lying on its side.
    const file = { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: photo(6) };
    await alice.page.locator('input[type=file]').setInputFiles(file);
    await alice.page.getByAltText('What will be posted').waitFor();
    await alice.post('Look at this');
    await alice.sees('Look at this');
    const image = alice.page.locator('article:not(.thought-pending) .thought-image');
    await image.waitFor();
    await alice.page.waitForFunction(
      () => document.querySelector<HTMLImageElement>('.thought-image')?.naturalWidth === 4,
    );
    expect(alice.complaints).toEqual([]);
  });

  it('posts once, though the answer to the first try was lost', async () => {
    const alice = await visit(freshName('alice'), '/');
    let tries = 0;
    await alice.page.route('**/thoughts', async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      tries++;
      if (tries > 1) return route.fallback();
      // The server has stored it; the page is not told.
      await route.fetch();
      return route.abort();
    });
    await alice.post('Once and no more');
    await alice.sees('Once and no more');
    await expect.poll(() => tries, { timeout: 10_000 }).toBe(2);
    await alice.page.reload();
    await alice.sees('Once and no more');
    await expect.poll(() => alice.thoughts('Once and no more').count(), { timeout: 10_000 }).toBe(1);
  });

  it('counts characters as people do', async () => {
    const alice = await visit(freshName('alice'), '/');
    const field = alice.page.getByRole('textbox', { name: 'What are you thinking?' });
    await field.fill(`${'a'.repeat(989)}👨‍👩‍👧‍👦`);
    await alice.page.getByText('10 left').waitFor();
    await field.fill(`${'é'.normalize('NFD').repeat(1_000)}👍🏽`);
    await alice.page.getByText('1 too many').waitFor();
    expect(await alice.page.getByRole('button', { name: 'Post', exact: true }).isDisabled()).toBe(true);
  });
});
