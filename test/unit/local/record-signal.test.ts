import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RecordSignal } from '../../../local/event-source-mapping/record-signal.ts';
import { DynamoStreamSource } from '../../../local/event-source-mapping/stream-source.ts';
import { FakeStream, placeOf } from '../../support/fake-stream.ts';
import { MappingRun } from '../../support/mapping-run.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const { signal } = new AbortController();

describe('a wait for announcements', () => {
  it('ends with the next one, with an abort, or after a second', async () => {
    const announcements = new RecordSignal();
    const stopping = new AbortController();
    const ended: string[] = [];
    const wait = (name: string, until = signal) =>
      void announcements.moreThan(announcements.count, until).then(() => ended.push(name));
    wait('aborted', stopping.signal);
    wait('announced');
    stopping.abort();
    await vi.advanceTimersByTimeAsync(999);
    expect(ended).toEqual(['aborted']);
    announcements.announce();
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toEqual(['aborted', 'announced']);
    wait('in silence');
    await vi.advanceTimersByTimeAsync(999);
    expect(ended).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(ended[2]).toBe('in silence');
  });

  it('ends at once when one came during the last read, which may not have seen its records', async () => {
    const announcements = new RecordSignal();
    let isAnnouncedMeanwhile = false;
    const send = async () => {
      if (isAnnouncedMeanwhile) announcements.announce();
      return { Records: [], NextShardIterator: 'next' };
    };
    const source = new DynamoStreamSource({ send } as unknown as DynamoDBStreamsClient, 'arn', { announcements });
    const ended: string[] = [];
    await source.read('first');
    void source.untilNews?.('next', signal).then(() => ended.push('after a read in silence'));
    await vi.advanceTimersByTimeAsync(10);
    expect(ended).toEqual([]);
    isAnnouncedMeanwhile = true;
    await source.read('next');
    expect(ended).toEqual(['after a read in silence']);
    void source.untilNews?.('next', signal).then(() => ended.push('after a read with news'));
    await vi.advanceTimersByTimeAsync(0);
    expect(ended[1]).toBe('after a read with news');
  });
});

/** A stream in memory that tells of its records, and counts how often it is read. */
class AnnouncedStream extends FakeStream {
  readonly announcements = new RecordSignal();
  reads = 0;
  #before = 0;

  override read(iterator: string) {
    this.reads++;
    this.#before = this.announcements.count;
    return super.read(iterator);
  }

  untilNews(_: string, stopping: AbortSignal): Promise<void> {
    return this.announcements.moreThan(this.#before, stopping);
  }
}

const start = async (pollMs?: number) => {
  const stream = new AnnouncedStream();
  stream.addShard('shard-1');
  const run = await MappingRun.start({ stream, pollMs });
  await vi.advanceTimersByTimeAsync(0);
  return { stream, run };
};

describe('a mapping on a stream that tells of its records', () => {
  it('reads it at once when a record comes, and otherwise about once a second', async () => {
    const { stream, run } = await start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stream.reads).toBeLessThanOrEqual(61);
    stream.put('shard-1', { item: 'a' });
    stream.announcements.announce();
    await vi.advanceTimersByTimeAsync(0);
    expect(run.delivered.map(placeOf)).toEqual([0]);
    await run.stop();
  });

  it('reads it only at its interval when one is set', async () => {
    const { stream, run } = await start(250);
    await vi.advanceTimersByTimeAsync(100);
    stream.put('shard-1', { item: 'a' });
    stream.announcements.announce();
    await vi.advanceTimersByTimeAsync(149);
    expect(run.delivered).toEqual([]);
    await vi.advanceTimersByTimeAsync(20);
    expect(run.delivered.map(placeOf)).toEqual([0]);
    await run.stop();
  });
});
