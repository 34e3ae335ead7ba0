import { describe, expect, it } from 'vitest';
import { mustHaveChromium } from '../../support/browser/chromium.ts';
import { useBrowser } from '../../support/browser/visits.ts';
import { freshName } from '../../support/people.ts';

describe.skipIf(!mustHaveChromium())('people on the page', () => {
  const { aliceAndBob, stranger } = useBrowser();

  it('lets somebody whose name is reserved choose a handle, and says when it is taken', async () => {
    const { alice } = await aliceAndBob();
    const handle = freshName('zoe');
    const person = await stranger('/everything');
    await person.page.getByRole('button', { name: 'Log in' }).first().click();
    await person.page.getByLabel('Name').fill('moderator');
    await person.page.getByRole('button', { name: 'Log in' }).click();
    const field = person.page.getByLabel('Handle');
    await field.fill(alice.username);
    await person.page.getByRole('button', { name: 'Take it' }).click();
    await person.page.getByRole('alert').waitFor();
    await field.fill(handle);
    await person.page.getByRole('button', { name: 'Take it' }).click();
    await person.isLive();
    expect(await person.username()).toBe(handle);
  });

  it('shows after a reload whom one follows, has muted and has blocked', async () => {
    const { alice, bob } = await aliceAndBob();
    const profile = bob.page.getByRole('region', { name: 'Profile' });
    const more = profile.getByLabel(`More about ${alice.username}`);
    /** Chooses from the menu, and waits for the server's answer. */
    const choose = async (name: string) => {
      await more.click();
      const path = `/users/${alice.username}/${name.replace('Un', '').toLowerCase()}`;
      const answered = bob.page.waitForResponse(
        (response) => response.url().endsWith(path) && response.request().method() !== 'OPTIONS',
      );
      await profile.getByRole('button', { name, exact: true }).click();
      expect((await answered).status()).toBe(204);
      await bob.page.reload();
    };
    await bob.goTo(`/people/${alice.username}`);
    await profile.getByRole('button', { name: 'Following' }).waitFor();
    await choose('Mute');
    await choose('Unmute');
    await choose('Block');
    await more.click();
    await profile.getByRole('button', { name: 'Unblock' }).waitFor();
    expect(await profile.getByRole('button', { name: 'Follow' }).count()).toBe(0);
    await bob.page.keyboard.press('Escape');
    await choose('Unblock');
    await profile.getByRole('button', { name: `Follow ${alice.username}`, exact: true }).waitFor();
  });

  it("shows one's own reaction after a reload", async () => {
    const { alice, bob } = await aliceAndBob();
    const { body: thought } = await alice.post('React to this');
    const reactions = `/users/${alice.username}/thoughts/${thought.id}/reaction`;
    await bob.sees('React to this');
    const card = bob.thoughts('React to this');
    await card.getByRole('button', { name: 'React' }).click();
    const answered = bob.page.waitForResponse((response) => response.url().endsWith(reactions) && response.ok());
    await card.getByRole('button', { name: 'laugh' }).click();
    await answered;
    await bob.page.reload();
    await card.getByRole('button', { name: 'You: laugh' }).click();
    await card.getByRole('button', { name: 'laugh', exact: true }).click();
    await card.getByRole('button', { name: 'React' }).waitFor();
    expect(bob.complaints).toEqual([]);
  });

  it('takes back what the server has refused, and says why', async () => {
    const { alice, bob } = await aliceAndBob();
    const answer = { code: 'rate_limited', title: 'Too many requests', status: 429, detail: 'Try again in a minute' };
    await bob.page.route(`**/users/${alice.username}/follow`, (route) =>
      route.request().method() === 'DELETE'
        ? route.fulfill({ status: 429, json: answer, headers: { 'access-control-allow-origin': '*' } })
        : route.fallback(),
    );
    await bob.goTo(`/people/${alice.username}`);
    const profile = bob.page.getByRole('region', { name: 'Profile' });
    await profile.getByRole('button', { name: 'Following' }).click();
    await bob.page.getByRole('alert').getByText('Try again in a minute').waitFor();
    await profile.getByRole('button', { name: 'Following' }).waitFor();
    await bob.page.getByRole('button', { name: 'Close' }).click();
    expect(await bob.page.getByText('Try again in a minute').count()).toBe(0);
  });
});
