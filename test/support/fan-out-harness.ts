import type { DynamoDBRecord } from 'aws-lambda';
import { FanOut, type FanOutSettings } from '../../src/fan-out/fan-out.ts';
import { keys } from '../../src/keys/keys.ts';
import { type PushBatch, PushBuffer } from '../../src/push/push-buffer.ts';
import type { Settings } from '../../src/settings.ts';
import { decodeRecord } from '../../src/stream/decode.ts';
import type { Item } from '../../src/table/table.ts';
import { MemoryTable } from './memory-table.ts';
import { StreamTap } from './stream.ts';
import { createWorld, SETTINGS, times } from './world.ts';

const HOUR = 3_600_000;

/** A fan-out on a table in memory, whose stream is run by hand. */
export const createHarness = (
  settings: Partial<FanOutSettings> = {},
  table = new MemoryTable(),
  overrides: Partial<Settings> = {},
) => {
  const fanOutSettings = { ...SETTINGS.fanOut, ...settings };
  const world = createWorld(table, { ...overrides, fanOut: fanOutSettings });
  const { runtime } = world;
  const tap = new StreamTap(table);
  const fanOut = new FanOut({ ...world, settings: fanOutSettings });

  /** Runs records, and what their tasks leave, to the end: every record in an invocation of its own. */
  const drain = async (records: DynamoDBRecord[] = tap.take(), hasTime = () => true) => {
    const batches: PushBatch[] = [];
    const seen: DynamoDBRecord[] = [];
    for (let left = records; left.length > 0; left = tap.take()) {
      for (const record of left) {
        const pushBuffer = new PushBuffer();
        const change = decodeRecord(record);
        if (change) await fanOut.handle(change, { pushBuffer, hasTime, deadline: Number.POSITIVE_INFINITY });
        batches.push(...pushBuffer.take());
        seen.push(record);
      }
    }
    return { batches, records: seen };
  };

  /** A user who has read the timeline before, and is online on demand. */
  const arrive = async (username: string, online = false): Promise<void> => {
    await world.users.ensure(username);
    await world.presence.seen(username);
    if (online) await open(`c-${username}`, username);
  };

  const open = async (connectionId: string, username: string): Promise<void> => {
    const now = runtime.now();
    const connection = { connectionId, username, connectedAt: now, authExpiresAt: now + HOUR };
    await world.connections.add(connection);
    await world.presence.connected(username, connection);
  };

  /** Followers of alice who are here and online. */
  const fans = async (count: number): Promise<string[]> => {
    await world.users.ensure('alice');
    const names = times(count, (at) => `fan_${at}`);
    for (const name of names) {
      await arrive(name, true);
      await world.follows.follow(name, 'alice');
    }
    tap.take();
    return names;
  };

  const entriesOf = (username: string): string[] =>
    [...table.items.values()].filter(({ pk }) => pk === keys.timelineEntry(username, '').pk).map(({ sk }) => sk);

  const ofType = (type: Item['type']) => [...table.items.values()].filter((item) => item.type === type);

  return { ...world, table, tap, fanOut, drain, arrive, open, fans, entriesOf, ofType };
};

export type Harness = ReturnType<typeof createHarness>;

/** By connection: the ids of the events, and the channels of each. */
export const heard = (batches: PushBatch[]): Record<string, string[]> => {
  const found: Record<string, string[]> = {};
  for (const { connection, events } of batches) {
    const list = (found[connection.connectionId] ??= []);
    list.push(...events.map(({ type, channels }) => `${type} ${channels.join(' ')}`));
  }
  return found;
};
