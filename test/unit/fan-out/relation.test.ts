import { beforeEach, describe, expect, it } from 'vitest';
import { createHarness } from '../../support/fan-out-harness.ts';

describe('a relation that changes', () => {
  let harness: ReturnType<typeof createHarness>;
  beforeEach(async () => {
    harness = createHarness();
    await harness.arrive('alice', true);
    await harness.arrive('carol', true);
    await harness.arrive('bob', true);
    await harness.open('c-bob-2', 'bob');
    await harness.follows.follow('bob', 'alice');
    await harness.drain();
  });

  const told = async () =>
    (await harness.drain()).batches.map(({ connection, relations, gaps }) => [
      connection.connectionId,
      relations,
      gaps,
    ]);
  const relation = (follows: boolean, muted = false) => [{ author: 'alice', follows, muted }];

  it('by an unfollow is pushed to each of the reader’s connections, and to nobody else', async () => {
    await harness.follows.unfollow('bob', 'alice');
    expect(await told()).toEqual([
      ['c-bob', relation(false), []],
      ['c-bob-2', relation(false), []],
    ]);
  });

  it('by a mute or an unmute is pushed, and after an unmute the client reads the timeline again', async () => {
    await harness.follows.setMuted('bob', 'alice', true);
    expect((await told())[0]).toEqual(['c-bob', relation(true, true), []]);
    await harness.follows.setMuted('bob', 'alice', false);
    expect((await told())[0]).toEqual(['c-bob', relation(true), ['timeline']]);
  });

  it('by a block of either side looks like an unfollow', async () => {
    await harness.blocks.block('alice', 'bob');
    expect((await told())[0]).toEqual(['c-bob', relation(false), []]);
  });

  it('is pushed in its present state when an old record is processed again', async () => {
    await harness.follows.unfollow('bob', 'alice');
    const { records } = await harness.drain();
    await harness.follows.follow('bob', 'alice');
    await harness.drain();
    const { batches } = await harness.drain(records);
    expect(batches[0]?.relations).toEqual(relation(true));
  });
});
