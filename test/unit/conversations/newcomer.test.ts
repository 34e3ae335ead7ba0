import { beforeEach, describe, expect, it } from 'vitest';
import { Order, type Step } from '../../../client/order.ts';
import type { NumberedEvent } from '../../../client/types.ts';
import { SharedFrames } from '../../../src/protocol/packing.ts';
import type { PushBatch } from '../../../src/push/push-buffer.ts';
import { Resumer } from '../../../src/websocket/resume.ts';
import { posted } from '../../support/contracts/conversation-contract.ts';
import { createHarness } from '../../support/fan-out-harness.ts';

describe('a member who was added later', () => {
  let harness: ReturnType<typeof createHarness>;
  let id: string;
  let since: string;

  beforeEach(async () => {
    harness = createHarness();
    for (const name of ['alice', 'bob', 'carol', 'dave']) await harness.arrive(name, true);
    since = harness.runtime.newId();
    id = posted(await harness.conversations.open('alice', { members: ['bob', 'carol'], text: 'before 1' })).conversation
      .head.id;
    posted(await harness.messages.post(id, { author: 'bob', text: 'before 2' }));
    await harness.conversations.add('alice', id, 'dave');
    await harness.drain();
  });

  /** Changes of what dave may not see, and of what dave may see, by turns. */
  const change = async () => {
    const { messages } = harness;
    await messages.edit(id, 1, 'alice', 'before 1, edited');
    posted(await messages.post(id, { author: 'bob', text: 'after' }));
    await messages.delete(id, 2, 'bob');
    await messages.edit(id, 3, 'bob', 'after, edited');
  };
  const eventsOf = (batches: PushBatch[], connectionId: string) =>
    batches.filter(({ connection }) => connection.connectionId === connectionId).flatMap(({ messages }) => messages);
  /** What a client gives to the app that knows of dave's row as it was when dave was added. */
  const given = (events: unknown[]): Step[] => {
    const order = new Order();
    const list = order.author(`conversation:${id}`);
    order.expect(list, 2, 0, 0);
    order.release(list, false);
    return (events as NumberedEvent[]).flatMap((event) => order.accept(event));
  };

  it('gets every number, and no text of earlier messages', async () => {
    const batches: PushBatch[] = [];
    const { messages } = harness;
    await messages.edit(id, 1, 'alice', 'before 1, edited');
    batches.push(...(await harness.drain()).batches);
    posted(await messages.post(id, { author: 'bob', text: 'after' }));
    batches.push(...(await harness.drain()).batches);
    await messages.delete(id, 2, 'bob');
    batches.push(...(await harness.drain()).batches);
    const events = eventsOf(batches, 'c-dave');
    expect(events.map(({ seq, type, place }) => `${seq} ${type} ${place}`)).toEqual([
      '3 message.deleted 1',
      '4 message.created 3',
      '5 message.deleted 2',
    ]);
    expect(JSON.stringify(events)).not.toContain('before');
    expect(given(events).map(({ kind }) => kind)).toEqual(['event', 'event', 'event']);
    expect(eventsOf(batches, 'c-carol').map(({ type }) => type)).toEqual([
      'message.updated',
      'message.created',
      'message.deleted',
    ]);
    expect((await harness.inboxes.row('dave', id))?.seq).toBe(5);
  });

  it('is sent frames of their own, also beside members who see everything', async () => {
    await change();
    const { batches } = await harness.drain();
    const frames = new SharedFrames();
    for (const { connection, messages } of batches) {
      const text = messages.length === 0 ? '' : frames.ofMessages([...messages, ...messages]).join('');
      if (connection.username === 'dave') expect(text).not.toContain('before');
    }
  });

  it('finds the same numbers in a replay', async () => {
    await change();
    await harness.drain();
    const page = await new Resumer(harness).resume({ username: 'dave', channel: `conversation:${id}`, since });
    if (page.type !== 'messages') throw new Error(page.type);
    expect(page.events.map(({ seq, type, place }) => `${seq} ${type} ${place}`)).toEqual([
      '3 message.deleted 1',
      '5 message.deleted 2',
      '6 message.updated 3',
    ]);
    expect(JSON.stringify(page.events)).not.toContain('before');
    const bobs = await new Resumer(harness).resume({ username: 'bob', channel: `conversation:${id}`, since });
    expect(JSON.stringify(bobs)).toContain('before 1, edited');
  });

  it('is given the whole replay, also where a page of it holds nothing for them', async () => {
    const { messages, conversations } = harness;
    const PAGE = 50;
    for (let place = 3; place <= 3 * PAGE; place++) await messages.post(id, { author: 'bob', text: 'before' });
    await harness.arrive('eve', true);
    await conversations.add('alice', id, 'eve');
    for (let place = 3; place <= PAGE + 2; place++) await messages.edit(id, place, 'bob', 'before, edited');
    posted(await messages.post(id, { author: 'bob', text: 'after' }));
    const texts: (string | undefined)[] = [];
    let page: string | undefined = '';
    for (let pages = 0; page !== undefined && pages < 10; pages++) {
      const request = { username: 'eve', channel: `conversation:${id}`, since, page } as const;
      const replay = await new Resumer(harness).resume(request);
      if (replay.type !== 'messages') throw new Error(replay.type);
      texts.push(...replay.events.map(({ message }) => message?.text));
      page = replay.next;
    }
    expect(texts.at(-1)).toBe('after');
  });

  it('gets no change that was made before', async () => {
    const { messages, conversations } = harness;
    await messages.edit(id, 1, 'alice', 'before 1, edited');
    await harness.arrive('eve', true);
    await conversations.add('alice', id, 'eve');
    const { batches } = await harness.drain();
    expect(eventsOf(batches, 'c-eve')).toEqual([]);
    const page = await new Resumer(harness).resume({ username: 'eve', channel: `conversation:${id}`, since });
    expect(page).toMatchObject({ type: 'messages', events: [] });
  });
});
