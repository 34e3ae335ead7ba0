import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { RunningStack } from '../../local/run-stack.ts';
import type { Stack } from '../../local/stack.ts';
import { Api } from '../../tools/support/api.ts';
import { launchChromium } from '../support/browser/chromium.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { filmDemo } from './demo-film.ts';
import { type Scene, setScene, VIEWER } from './scene.ts';

const SIZES = {
  desktop: { viewport: { width: 1280, height: 820 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};
const SCHEMES = ['light', 'dark'] as const;

const viewsOf = ({ thread, conversation, leftGroup }: Scene): Record<string, string> => ({
  timeline: '/',
  everything: '/everything',
  topic: '/topics/tea',
  person: '/people/greta',
  own: `/people/${VIEWER}`,
  followers: '/people/greta/followers',
  thread,
  conversations: '/conversations',
  conversation,
  'left-group': leftGroup,
  'new-conversation': '/conversations/new?with=ines,rosa',
  missing: '/nowhere',
});

/** Each view in each scheme and size, into a folder. */
const takeViews = async (stack: Stack, browser: Browser, scene: Scene, folder: string): Promise<void> => {
  for (const [size, device] of Object.entries(SIZES)) {
    for (const colorScheme of SCHEMES) {
      const options = { ...device, colorScheme };
      const path = (view: string) => join(folder, `${view}-${size}-${colorScheme}.png`);
      const stranger = await Visitor.open(stack, browser, '/', options);
      await stranger.sees('');
      await stranger.page.screenshot({ path: path('welcome') });
      await stranger.page.getByRole('button', { name: 'Log in' }).first().click();
      await stranger.page.getByLabel('Name').waitFor();
      await stranger.page.screenshot({ path: path('login') });
      await stranger.close();
      const visitor = await Visitor.logIn(stack, browser, VIEWER, '/everything', options);
      for (const [view, address] of Object.entries(viewsOf(scene))) {
        await visitor.goTo(address);
        await visitor.isLive().catch(() => {});
        await visitor.page.waitForLoadState('networkidle');
        if (view === 'timeline') {
          for (const text of ['A letter takes a week, and nobody minds.', 'Swallows again. I counted nine.']) {
            await scene.author.post(text);
            await visitor.sees(text);
          }
        }
        await visitor.page.screenshot({ path: path(view) });
      }
      await visitor.page.goto(`${stack.http}/docs#post-thoughts`);
      await visitor.page.getByText('Idempotency-Key').first().waitFor();
      await visitor.page.screenshot({ path: path('reference') });
      await visitor.close();
    }
  }
};

const { values } = parseArgs({
  options: { out: { type: 'string', default: '.local/screenshots' }, film: { type: 'boolean', default: false } },
});
mkdirSync(values.out, { recursive: true });
const running = await RunningStack.start();
const browser = await launchChromium();
try {
  if (values.film) {
    const [alice, bob] = await Promise.all([Api.login(running.stack, 'alice'), Api.login(running.stack, 'bob')]);
    for (const person of [alice, bob]) await person.must('PUT', '/users/me', {});
    await Promise.all([alice.follow('bob'), bob.follow('alice')]);
    writeFileSync(join(values.out, 'live.webp'), await filmDemo(running.stack, browser));
  }
  await takeViews(running.stack, browser, await setScene(running.stack), values.out);
} finally {
  await browser.close();
  await running.stop();
}
process.stdout.write(`Written to ${values.out}\n`);
