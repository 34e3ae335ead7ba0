import { describe, expect, it } from 'vitest';
import { mustHaveChromium } from '../../support/browser/chromium.ts';
import { useBrowser } from '../../support/browser/visits.ts';
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

  it('keeps text as text', async () => {
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

  it('shows an image from the bucket', async () => {
    const alice = await visit(freshName('alice'), '/');
    const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const file = { name: 'pixel.png', mimeType: 'image/png', buffer: Buffer.from(pixel, 'base64') };
    await alice.page.locator('input[type=file]').setInputFiles(file);
    await alice.page.getByAltText('What will be posted').waitFor();
    await alice.post('Look at this');
    await alice.sees('Look at this');
    const image = alice.page.locator('article:not(.thought-pending) .thought-image');
    await image.waitFor();
    await alice.page.waitForFunction(
      () => document.querySelector<HTMLImageElement>('.thought-image')?.naturalWidth === 1,
    );
    expect(alice.complaints).toEqual([]);
  });

  it('carries a conversation, with unread counts, receipts and typing', async () => {
    const names = [freshName('alice'), freshName('bob')] as const;
    const [alice, bob] = await Promise.all([visit(names[0], '/'), visit(names[1], '/')]);
    await alice.goTo(`/conversations/new?with=${names[1]}`);
    await alice.page.getByLabel('First message').fill('Are you there?');
    await alice.page.getByRole('button', { name: 'Send' }).click();
    await alice.page.getByRole('log').getByText('Are you there?').waitFor();
    await bob.page.getByRole('link', { name: 'Conversations 1 unread' }).click();
    await bob.page.getByRole('link', { name: /Are you there/ }).click();
    await bob.page.getByRole('log').getByText('Are you there?').waitFor();
    await alice.page.getByText(`Read by ${names[1]}`).waitFor();
    await bob.page.getByRole('textbox', { name: 'Message' }).pressSequentially('Yes');
    await alice.page.getByText(`${names[1]} is typing`).waitFor();
    await bob.page.keyboard.press('Enter');
    await alice.page.getByRole('log').getByText('Yes', { exact: true }).waitFor();
    await bob.page.getByRole('link', { name: 'Conversations', exact: true }).waitFor();
    expect([alice.complaints, bob.complaints]).toEqual([[], []]);
  });
});
