import { describe, expect, it } from 'vitest';
import { mustHaveChromium } from '../../support/browser/chromium.ts';
import { useBrowser } from '../../support/browser/visits.ts';

describe.skipIf(!mustHaveChromium())('the live page', () => {
  const { aliceAndBob, logIn } = useBrowser();

  it('shows bob what alice posts, without a reload', async () => {
    const [hers, his] = await Promise.all([logIn('alice'), logIn('bob')]);
    await hers.post('I was here before');
    await hers.sees('I was here before');
    const alice = await hers.username();
    await his.follow(alice);
    await his.page.getByRole('link', { name: 'Timeline' }).click();
    await his.sees('I was here before');
    await hers.post(`Hello from ${alice}`);
    await his.sees(`Hello from ${alice}`);
    expect(await his.thoughts(alice).count()).toBe(2);
    await his.page.locator('.badge').waitFor();
    expect([hers.complaints, his.complaints]).toEqual([[], []]);
  });

  it('shows missed thoughts and posts the waiting ones once when the network is back', async () => {
    const { alice, bob, name } = await aliceAndBob();
    await bob.context.setOffline(true);
    await bob.sign('Offline').waitFor();
    const missed = (await alice.post('Posted while bob was away')).body.id;
    await bob.post('Written without a network');
    await bob.page.getByText('Waiting for the network').waitFor();
    expect(await bob.thoughts('Posted while bob was away').count()).toBe(0);
    await bob.context.setOffline(false);
    await bob.sees('Posted while bob was away');
    await bob.sees('Written without a network');
    const { body } = await alice.must('GET', `/users/${name}/thoughts`);
    expect(body.items.map(({ text }: { text: string }) => text)).toEqual(['Written without a network']);
    expect(missed).toBeDefined();
  });

  it('shows a gap until the missing thoughts are read', async () => {
    const { alice, bob } = await aliceAndBob();
    await alice.post('Before the gap');
    await bob.sees('Before the gap');
    // What the server says when it can't replay, and a read of the list that fails.
    await bob.page.routeWebSocket(/./, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((frame) => socket.send(frame));
      void cut.then(() => socket.send(JSON.stringify({ type: 'gap', channel: 'timeline' })));
    });
    const { promise: cut, resolve: send } = Promise.withResolvers<void>();
    await bob.page.reload();
    await bob.isLive();
    await bob.sees('Before the gap');
    await bob.page.route('**/timeline?*', (route) => route.abort());
    send();
    await bob.page.getByText('Something is missing here').waitFor();
    await bob.sees('Before the gap');
    await bob.page.unroute('**/timeline?*');
    await bob.page.getByRole('button', { name: 'Read it now' }).click();
    await bob.page.getByText('Something is missing here').waitFor({ state: 'detached' });
    await bob.sees('Before the gap');
  });

  it('applies edits and deletions where they stand', async () => {
    const { alice, bob } = await aliceAndBob();
    const { body: thought } = await alice.post('frist draft');
    await bob.sees('frist draft');
    const path = `/users/${alice.username}/thoughts/${thought.id}`;
    await alice.must('PATCH', path, { text: 'first draft' });
    await bob.sees('first draft');
    expect(await bob.thoughts('frist draft').count()).toBe(0);
    await alice.must('DELETE', path);
    await bob.thoughts('first draft').waitFor({ state: 'detached' });
  });

  it('keeps new thoughts above the reading position, and shows their number', async () => {
    const { alice, bob } = await aliceAndBob();
    for (let n = 1; n <= 12; n++) await alice.post(`Number ${n} of a long list\n\n\n\nthat goes on`);
    await bob.sees('Number 12 of');
    await bob.page.evaluate(() => scrollTo(0, 600));
    const read = bob.thoughts('Number 8 of');
    const before = await read.boundingBox();
    for (let n = 1; n <= 3; n++) await alice.post(`Late ${n}`);
    await bob.page.getByRole('button', { name: '3 new' }).waitFor();
    expect(await bob.thoughts('Late').count()).toBe(0);
    expect((await read.boundingBox())?.y).toBe(before?.y);
    await bob.page.getByRole('button', { name: '3 new' }).click();
    await bob.sees('Late 3');
  });

  it('keeps two tabs of one person live, and logs both out', async () => {
    const { alice, bob } = await aliceAndBob();
    const second = await bob.tab();
    await alice.post('To both tabs');
    await Promise.all([bob.sees('To both tabs'), second.sees('To both tabs')]);
    await bob.page.getByRole('button', { name: 'Log out' }).click();
    await Promise.all(
      [bob, second].map(({ page }) => page.getByRole('button', { name: 'Log in', exact: true }).waitFor()),
    );
  });
});
