import type { Browser } from 'playwright-core';
import type { Stack } from '../../local/stack.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { Film } from './film.ts';

const WINDOW = { width: 440, height: 520 };
const OPTIONS = { viewport: WINDOW, reducedMotion: 'no-preference', colorScheme: 'light' } as const;
const TEXT = 'The sea does not repeat itself. #sea';
const REPLY = 'It only looks that way from the shore.';
/** Letters that appear in one frame. */
const PER_FRAME = 4;

const nap = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Alice posts on the left; it arrives on the right, where Bob follows her; he answers, and she sees it. */
export const filmDemo = async (stack: Stack, browser: Browser): Promise<Buffer> => {
  const [alice, bob] = await Promise.all([
    Visitor.logIn(stack, browser, 'alice', '/everything', OPTIONS),
    Visitor.logIn(stack, browser, 'bob', '/everything', OPTIONS),
  ]);
  for (const visitor of [alice, bob]) await visitor.goTo('/');
  await Promise.all([alice.isLive(), bob.isLive()]);
  const film = await Film.start(await (await browser.newContext()).newPage(), WINDOW);
  const take = (ms: number) => film.take(alice.page, bob.page, ms);
  const write = async (visitor: Visitor, text: string) => {
    const field = visitor.page.getByRole('textbox', { name: 'What are you thinking?' });
    await field.click();
    for (let at = 0; at < text.length; at += PER_FRAME) {
      await field.pressSequentially(text.slice(at, at + PER_FRAME));
      await take(90);
    }
    await take(500);
    await visitor.page.getByRole('button', { name: 'Post', exact: true }).click();
  };
  await take(900);
  for (const [author, reader, text] of [
    [alice, bob, TEXT],
    [bob, alice, REPLY],
  ] as const) {
    await write(author, text);
    await reader.sees(text);
    for (let frame = 0; frame < 5; frame++) {
      await take(100);
      await nap(60);
    }
    // The highlight fades.
    await nap(2_500);
    await take(1_600);
  }
  await Promise.all([alice.close(), bob.close()]);
  return film.toBuffer();
};
