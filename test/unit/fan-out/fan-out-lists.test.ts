import { describe, expect, it } from 'vitest';
import { createHarness, type Harness } from '../../support/fan-out-harness.ts';
import { post } from '../../support/world.ts';

describe('the lists of topics and replies', () => {
  const shown = ({ ofType }: Harness, type: string) => ofType(type).map(({ pk, sk }) => `${pk} ${sk}`);

  it('lose the entries of a thought that was deleted', async () => {
    const harness = createHarness();
    const target = await post(harness, 'alice');
    const { id } = await post(harness, 'bob', '#aws', { inReplyTo: { author: 'alice', id: target.id } });
    await harness.drain();
    expect([...shown(harness, 'topic-entry'), ...shown(harness, 'reply-entry')]).toHaveLength(2);
    await harness.thoughts.delete('bob', id);
    await harness.drain();
    expect([...shown(harness, 'topic-entry'), ...shown(harness, 'reply-entry')]).toEqual([]);
  });

  it('lose the entry of a topic that a thought has left, and get it again when it comes back', async () => {
    const harness = createHarness();
    const { id } = await post(harness, 'alice', '#old #kept');
    await harness.drain();
    await harness.thoughts.edit('alice', id, { text: '#new #kept' });
    await harness.drain();
    expect(shown(harness, 'topic-entry').sort()).toEqual([`TOPIC#kept ${id}`, `TOPIC#new ${id}`]);
    await harness.thoughts.edit('alice', id, { text: '#old' });
    const back = await harness.drain();
    expect(shown(harness, 'topic-entry')).toEqual([`TOPIC#old ${id}`]);
    await harness.drain(back.records);
    expect(shown(harness, 'topic-entry')).toEqual([`TOPIC#old ${id}`]);
  });

  it('keep the right entries when an older change is processed again', async () => {
    const harness = createHarness();
    const { id } = await post(harness, 'alice', '#one');
    const first = (await harness.drain()).records;
    await harness.thoughts.edit('alice', id, { text: '#two' });
    const second = (await harness.drain()).records;
    await harness.thoughts.edit('alice', id, { text: '#one' });
    await harness.drain();
    for (const records of [second, first, second]) {
      await harness.drain(records);
      expect(shown(harness, 'topic-entry')).toEqual([`TOPIC#one ${id}`]);
    }
  });
});
