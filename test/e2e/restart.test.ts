import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningStack } from '../../local/run-stack.ts';
import type { Stack } from '../../local/stack.ts';
import { Api } from '../../tools/support/api.ts';
import { auditStack } from '../../tools/support/audit-stack.ts';
import { waitFor } from '../../tools/support/measure.ts';
import { idsOf, Listener } from '../support/people.ts';

const WAIT_MS = 60_000;
const POSTERS = 4;
/** The stack ends when so many are answered, with others under way. */
const ANSWERED = 40;

/** Starts on the ports of the stack before, as `npm start` does: a client that stays finds it again. */
const portsOf = (stack: Stack): string[] =>
  (['http', 'websocket', 'issuer', 'dynamodb', 's3', 'page'] as const).flatMap((name) => [
    `--${name}Port`,
    new URL(stack[name]).port,
  ]);

let folder: string;
let running: RunningStack;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-restart-'));
  running = await RunningStack.start(['--data', folder]);
});
afterAll(async () => {
  await running.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a stack with --data', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'that ends by %s amid posts and starts again tells a follower each of them once, and loses none',
    { timeout: 4 * WAIT_MS },
    async (signal) => {
      const [author, reader] = [`author_${signal}`, `reader_${signal}`].map((name) => name.toLowerCase());
      const login = (name = '') => Api.login(running.stack, name);
      const [alice, bob] = [await login(author), await login(reader)];
      for (const user of [alice, bob]) await user.must('PUT', '/users/me', { name: user.username });
      await bob.follow(alice.username);
      const ticket = async () => (await login(reader)).ticket();
      const { events } = await Listener.start(bob, { ticket, timings: { backoffCapMs: 500, spreadMs: 100 } });

      const answered = new Map<string, string>();
      const unanswered: string[] = [];
      const post = async (as: Api, text: string) => {
        const { body } = await as.must('POST', '/thoughts', { text }, { 'idempotency-key': text });
        answered.set(text, body.id);
      };
      let ended: Promise<void> | undefined;
      let heard = 0;
      const postOn = async (_: unknown, poster: number) => {
        for (let at = 0; ended === undefined; at++) {
          const text = `thought-${poster}-${at}`;
          await post(alice, text).catch((error) => {
            if (error.status !== undefined) throw error;
            unanswered.push(text);
          });
          if (answered.size < ANSWERED || ended) continue;
          ended = running.stop(signal);
          heard = events.length;
        }
      };
      await Promise.all(Array.from({ length: POSTERS }, postOn));
      expect(heard).toBeLessThan(answered.size);
      await ended;

      running = await RunningStack.start(['--data', folder, ...portsOf(running.stack)]);
      // Nobody knows whether these were stored: so they are sent again, as the client of an app does.
      const again = await login(author);
      for (const text of unanswered) await post(again, text);
      await waitFor('the follower to hear all', () => events.length >= answered.size, WAIT_MS);
      const texts = [...answered.keys()].sort();
      expect(events.map(({ thought }) => thought?.text).sort()).toEqual(texts);
      expect(events.map(({ seq }) => seq)).toEqual(texts.map((_, at) => at + 1));
      const path = '/timeline?limit=100';
      await waitFor('the timeline', async () => (await idsOf(await login(reader), path)).length === texts.length);
      expect((await idsOf(await login(reader), path)).sort()).toEqual([...answered.values()].sort());
      expect(await auditStack(running.stack)).toEqual([]);
    },
  );
});
