import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Gap, Relation, ThoughtEvent } from '../../../client/index.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { eventOf, START, teaOf, thoughtIdAt } from '../../support/live-events.ts';
import { VirtualPython } from '../../support/virtual-python.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!hasPython && !process.env.CI)('the client in Python (needs python3)', () => {
  let server: FakeServer;
  let runtime: FakeRuntime;
  let client: VirtualPython;
  let told: (ThoughtEvent | Gap | Relation)[];
  const events = () => told.filter((one) => 'seq' in one);
  const gaps = () => told.filter((one) => !('seq' in one) && !('follows' in one));

  beforeEach(async () => {
    runtime = new FakeRuntime();
    server = new FakeServer(runtime);
    told = [];
    let isLive = false;
    client = new VirtualPython(
      {
        ...{
          url: 'wss://example.test',
          runtime,
          openSocket: server.openSocket,
          channels: ['author:alice', 'topic:tea'],
        },
        ticket: async () => ({ ticket: 't' }),
        onEvent: (event) => told.push(event),
        onGap: (gap) => told.push(gap),
        onRelation: (relation) => told.push(relation),
        onState: (state) => {
          isLive = state === 'live';
        },
      },
      1,
    );
    server.seqs.set('alice', 0);
    await runtime.until('the client to be live', () => isLive);
    await runtime.pass(4_000);
    told.length = 0;
  });

  afterEach(() => client.close());

  it('gives no event for the timeline after the word that the author is followed no more', async () => {
    server.publish([eventOf({ seq: 1 }), eventOf({ seq: 3 })]);
    await runtime.pass(100);
    server.socket.push({ type: 'relation', author: 'alice', follows: false, muted: false });
    await runtime.pass(100);
    server.publish([eventOf({ seq: 2 })]);
    await runtime.pass(100);
    expect(told).toMatchObject([
      { seq: 1, channels: ['timeline', 'author:alice'] },
      { author: 'alice', follows: false, muted: false },
      { seq: 2, channels: ['author:alice'] },
      { seq: 3, channels: ['author:alice'] },
    ]);
  });

  it('tells a gap of a list that the app has read without a thought, when the thought comes by that list', async () => {
    const event = teaOf(1, ['author:alice']);
    server.publish([event]);
    await runtime.pass(11_000);
    expect(events()).toMatchObject([{ seq: 1, channels: ['timeline', 'author:alice', 'topic:tea'] }]);
    client.known([], 'topic:tea');
    await runtime.pass(5_000);
    expect(gaps(), 'nothing has come by the list').toEqual([]);
    server.publish([{ ...event, channels: ['topic:tea'] }]);
    await runtime.pass(5_000);
    expect(gaps()).toEqual([{ channel: 'topic:tea' }]);
    expect(events()).toHaveLength(1);
  });

  it('tells a gap of a list whose page is older than what came by that list, for nothing tells of it again', async () => {
    const event = teaOf(1, ['author:alice']);
    server.publish([event]);
    await runtime.pass(11_000);
    server.publish([{ ...event, channels: ['topic:tea'] }]);
    client.known([], 'topic:tea');
    await runtime.pass(1_000);
    expect(gaps(), 'an index may lack it still').toEqual([]);
    await runtime.pass(4_000);
    expect(gaps()).toEqual([{ channel: 'topic:tea' }]);
  });

  it('does not wait for the hole of another author, and tells the hole as a gap of its author', async () => {
    server.publish([eventOf({ seq: 1 }), eventOf({ seq: 1, author: 'boris' })]);
    await runtime.pass(2_000);
    server.publish([eventOf({ seq: 3 })]);
    server.publish([eventOf({ seq: 2, author: 'boris' })]);
    expect(events().map(({ author, seq }) => `${author} ${seq}`)).toEqual(['alice 1', 'boris 1', 'boris 2']);
    await runtime.pass(15_000);
    // The gap comes last: an event must not replace what the app then reads.
    expect(told.slice(-2)).toMatchObject([{ author: 'alice', seq: 3 }, { author: 'alice' }]);
    expect(gaps()).toEqual([{ author: 'alice' }]);
  });

  it('tells a hole as a gap also when as many events came after it as versions were replaced', async () => {
    const madeAt = runtime.now();
    server.publish([eventOf({ seq: 1 })]);
    await runtime.pass(2_000);
    // Both versions of one thought came, so the second replaces nothing that is missing.
    const both = [1, 2].map((version) => eventOf({ seq: 2 + version, version, madeAt: madeAt + 9_000 }));
    server.publish(both);
    await runtime.pass(15_000);
    expect(gaps()).toEqual([{ author: 'alice' }]);
  });

  it('gives no event of a type that it does not know, and misses no number because of it', async () => {
    const pinned = { ...eventOf({ seq: 2, version: 2 }), type: 'thought.pinned' } as unknown as ThoughtEvent;
    server.publish([eventOf({ seq: 1 }), pinned, eventOf({ seq: 3 })]);
    await runtime.pass(2_000);
    server.publish([{ ...pinned, channels: ['author:alice'] }]);
    await runtime.pass(30_000);
    expect([events().map(({ seq }) => seq), gaps()]).toEqual([[1, 3], []]);
    server.publish([
      { ...pinned, id: `${thoughtIdAt(START + 5_000)}:2`, thoughtId: thoughtIdAt(START + 5_000), seq: 5 },
    ]);
    await runtime.pass(30_000);
    expect(gaps(), 'number 4 is missing: what has replaced it was not given').toEqual([{ author: 'alice' }]);
  });

  it.each([1003, 1009, 4001])('is refused by the close code %i, and stops', async (code) => {
    server.socket.cut(code);
    await runtime.pass(600_000);
    expect(server.sockets).toHaveLength(1);
  });

  it('ends, and tells nothing more, when younger connections have replaced it', async () => {
    server.socket.push({ type: 'error', code: 'replaced', message: '' });
    await runtime.pass(600_000);
    expect(server.sockets).toHaveLength(1);
  });
});
