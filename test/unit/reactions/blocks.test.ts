import { describe, expect, it } from 'vitest';
import { MemoryTable } from '../../support/memory-table.ts';
import { createWorld, post } from '../../support/world.ts';

describe.each([
  ['is blocked by the author', 'alice', 'bob'],
  ['has blocked the author', 'bob', 'alice'],
])('somebody who %s', (_words, one, other) => {
  const meet = async () => {
    const world = createWorld(new MemoryTable());
    for (const name of ['alice', 'bob']) await world.users.ensure(name);
    return { world, target: await post(world, 'alice') };
  };

  it('can neither react nor reply, until unblocked', async () => {
    const { world, target } = await meet();
    const answer = () =>
      Promise.all([
        world.reactions.react('bob', target, 'like'),
        world.thoughts.create('bob', { text: 'a reply', inReplyTo: { author: 'alice', id: target.id } }),
      ]);
    await world.blocks.block(one, other);
    expect(await answer()).toEqual([{ kind: 'blocked' }, { kind: 'blocked' }]);
    expect(await world.thoughts.counts(target.id)).toEqual({ reactions: 0, replies: 0 });
    await world.blocks.unblock(one, other);
    expect((await answer()).map(({ kind }) => kind)).toEqual(['done', 'created']);
  });
});
