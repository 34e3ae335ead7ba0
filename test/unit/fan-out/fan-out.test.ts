import { describe, expect, it } from 'vitest';
import { createHarness, heard } from '../../support/fan-out-harness.ts';
import { post } from '../../support/world.ts';

const DAY = 86_400_000;

describe('a new thought', () => {
  it('stands in the timeline of its author and of each active follower, and is pushed to those online', async () => {
    const harness = createHarness();
    await harness.arrive('alice', true);
    for (const name of ['away', 'here', 'stranger']) await harness.arrive(name);
    for (const name of ['away', 'here', 'never']) await harness.follows.follow(name, 'alice');
    harness.tap.take();
    harness.runtime.pass(31 * DAY);
    await harness.presence.seen('here');
    await harness.open('c-here', 'here');
    const { id } = await post(harness, 'alice');
    const { parcels } = await harness.drain();
    expect(harness.entriesOf('alice')).toEqual([id]);
    expect(harness.entriesOf('here')).toEqual([id]);
    for (const name of ['away', 'never', 'stranger']) expect(harness.entriesOf(name)).toEqual([]);
    expect(heard(parcels)['c-here']).toEqual(['thought.created timeline']);
    expect(Object.keys(heard(parcels)).sort()).toEqual(['c-alice', 'c-here']);
  });

  it('is not pushed to who has muted its author, but stands in the timeline for later', async () => {
    const harness = createHarness();
    await harness.arrive('alice');
    await harness.fans(2);
    await harness.follows.setMuted('fan_0', 'alice', true);
    const { id } = await post(harness, 'alice');
    const { parcels } = await harness.drain();
    expect(Object.keys(heard(parcels.filter(({ events }) => events.length > 0)))).toEqual(['c-fan_1']);
    expect(harness.entriesOf('fan_0')).toEqual([id]);
  });

  it('reaches the listeners of its author, its topics and all, each connection once by all its channels', async () => {
    const harness = createHarness();
    await harness.arrive('alice');
    await harness.fans(1);
    await harness.arrive('bob', true);
    for (const channel of ['author:alice', 'topic:aws', 'all']) await harness.connections.subscribe('c-fan_0', channel);
    for (const channel of ['topic:aws', 'topic:other', 'author:bob'])
      await harness.connections.subscribe('c-bob', channel);
    await post(harness, 'alice', 'on #aws');
    const { parcels } = await harness.drain();
    const all = heard(parcels);
    expect(all['c-fan_0']?.[0]?.split(' ').sort()).toEqual([
      'all',
      'author:alice',
      'thought.created',
      'timeline',
      'topic:aws',
    ]);
    expect(all['c-fan_0']).toHaveLength(1);
    expect(all['c-bob']).toEqual(['thought.created topic:aws']);
  });

  it('does not reach listeners whose connection must be over', async () => {
    const harness = createHarness();
    await harness.arrive('bob', true);
    await harness.connections.subscribe('c-bob', 'all');
    harness.runtime.pass(2 * 3_600_000);
    await post(harness, 'alice');
    expect((await harness.drain()).parcels).toEqual([]);
  });

  it('stands in the lists of its topics and of the thought it answers', async () => {
    const harness = createHarness();
    const target = await post(harness, 'alice');
    const { id } = await post(harness, 'bob', '#aws #serverless', { inReplyTo: { author: 'alice', id: target.id } });
    await harness.drain();
    expect(harness.ofType('topic-entry').map(({ pk, sk }) => [pk, sk])).toEqual([
      ['TOPIC#aws', id],
      ['TOPIC#serverless', id],
    ]);
    expect(harness.ofType('reply-entry').map(({ pk, sk }) => [pk, sk])).toEqual([[`REPLIES#${target.id}`, id]]);
  });

  it('that has vanished before its turn is told to nobody', async () => {
    const harness = createHarness();
    await harness.arrive('alice', true);
    await post(harness, 'alice', 'soon gone', { expiresIn: 60 });
    harness.runtime.pass(60_000);
    expect((await harness.drain()).parcels).toEqual([]);
    expect(harness.ofType('timeline-entry')).toEqual([]);
  });
});

describe('a changed thought', () => {
  it('is pushed to all followers and to the listeners of topics it has left, and written nowhere', async () => {
    const harness = createHarness();
    await harness.arrive('alice');
    await harness.fans(2);
    await harness.arrive('bob', true);
    await harness.connections.subscribe('c-bob', 'topic:old');
    const { id } = await post(harness, 'alice', '#old');
    await harness.drain();
    const entries = harness.ofType('timeline-entry').length;
    await harness.thoughts.edit('alice', id, { text: '#new' });
    const edited = heard((await harness.drain()).parcels);
    expect(edited).toEqual({
      'c-fan_0': ['thought.updated timeline'],
      'c-fan_1': ['thought.updated timeline'],
      'c-bob': ['thought.updated topic:old'],
    });
    await harness.thoughts.delete('alice', id);
    const deleted = heard((await harness.drain()).parcels);
    expect(deleted['c-fan_0']).toEqual(['thought.deleted timeline']);
    expect(harness.ofType('timeline-entry')).toHaveLength(entries);
  });
});

describe('a new follow', () => {
  it("fills the follower's timeline with what its author has posted", async () => {
    const harness = createHarness();
    for (const name of ['alice', 'bob']) await harness.arrive(name);
    const posted = [await post(harness, 'alice'), await post(harness, 'alice')];
    await harness.drain();
    await harness.follows.follow('bob', 'alice');
    await harness.drain();
    expect(harness.entriesOf('bob').sort()).toEqual(posted.map(({ id }) => id).sort());
  });
});

describe('a follow of an author who has posted', () => {
  it('tells the connections of the follower to read the timeline anew', async () => {
    const harness = createHarness();
    await harness.arrive('alice', true);
    await harness.arrive('bob', true);
    await post(harness, 'alice');
    await harness.drain();
    await harness.follows.follow('bob', 'alice');
    const { parcels } = await harness.drain();
    expect(parcels).toMatchObject([{ connection: { cid: 'c-bob' }, events: [], gaps: ['timeline'] }]);
  });
});
