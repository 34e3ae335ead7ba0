import { describe, expect, it } from 'vitest';
import type { ChangeOutcome } from '../../../src/conversations/message-changes.ts';
import { messageRoutes } from '../../../src/http/routes/messages.ts';
import { createStores } from '../../../src/stores.ts';
import { Resumer } from '../../../src/websocket/resume.ts';
import { posted } from '../../support/contracts/conversation-contract.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { Side, steppedTable } from '../../support/stepped-table.ts';
import { TestRuntime } from '../../support/test-runtime.ts';
import { createWorld } from '../../support/world.ts';

const scene = async () => {
  const table = new MemoryTable();
  const world = createWorld(table);
  for (const name of ['alice', 'bob', 'carol']) await world.users.ensure(name);
  const { conversation } = posted(
    await world.conversations.open('alice', { members: ['bob', 'carol'], text: 'first' }),
  );
  const sided = () => {
    const side = new Side();
    return {
      side,
      stores: createStores({ table: steppedTable(table, side), settings: world.settings, runtime: new TestRuntime() }),
    };
  };
  return { world, id: conversation.head.id, sided };
};
type Stores = ReturnType<typeof createStores>;

describe('two devices of one author that change the same message at once', () => {
  /** Two devices read the same message; then the first changes it, and the second one after it. */
  const race = async (first: (stores: Stores, id: string) => Promise<unknown>, second: typeof first) => {
    const { world, id, sided } = await scene();
    const { side, stores } = sided();
    let outcome: ChangeOutcome | undefined;
    await side.begin(async () => {
      outcome = (await second(stores, id)) as ChangeOutcome;
    });
    await side.step();
    await side.step();
    await first(world, id);
    await side.finish();
    return { outcome, stored: await world.messages.stored(id, 1) };
  };
  const edit =
    (text: string, expected?: number[]) =>
    ({ messages }: Stores, id: string) =>
      messages.edit(id, 1, 'alice', text, expected);
  const remove = ({ messages }: Stores, id: string) => messages.delete(id, 1, 'alice');

  it('delete it for good, when one edits and the other deletes', async () => {
    const { outcome, stored } = await race(edit('edited'), remove);
    expect(outcome?.kind).toBe('changed');
    expect(stored).toMatchObject({ text: '', version: 3, deletedAt: expect.any(Number) });
    expect((await race(remove, edit('edited'))).outcome).toEqual({ kind: 'not_found' });
  });

  it('are answered with their own texts', async () => {
    const { outcome, stored } = await race(edit('one'), edit('two'));
    expect(outcome).toMatchObject({ kind: 'changed', message: { text: 'two', version: 3 } });
    expect(stored).toMatchObject({ text: 'two', version: 3 });
  });

  it('lose to the other when they name the version that they have seen', async () => {
    const { outcome, stored } = await race(edit('one', [1]), edit('two', [1]));
    expect(outcome).toEqual({ kind: 'stale' });
    expect(stored).toMatchObject({ text: 'one', version: 2 });
  });
});

describe('a member who leaves while a page of messages is read', () => {
  it.each(['by HTTP', 'in a replay'])('reads nothing that was said after, %s', async (way) => {
    const { world, id, sided } = await scene();
    const { side, stores } = sided();
    let read: unknown;
    await side.begin(async () => {
      const get = messageRoutes(stores)['GET /conversations/{id}/messages'];
      const query = { limit: 10 } as never;
      const resume = { username: 'bob', channel: `conversation:${id}`, since: world.runtime.newId() } as const;
      read =
        way === 'by HTTP'
          ? await get.handle({ params: { id }, query } as never, { username: 'bob' } as never)
          : await new Resumer({ ...stores, lag: world.lag }).resume(resume);
    });
    // The roster, as it was before.
    await side.step();
    await world.conversations.leave('bob', id);
    posted(await world.messages.post(id, { author: 'carol', text: 'bob is gone, finally' }));
    await world.messages.edit(id, 1, 'alice', 'about bob');
    await side.finish();
    expect(read).toBeDefined();
    expect(JSON.stringify(read)).not.toMatch(/finally|about bob/);
  });
});
