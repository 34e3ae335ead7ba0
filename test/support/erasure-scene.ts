import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import type { StreamRecord } from '../../local/aws/dynamodb/types.ts';
import type { DynamoTable } from '../../src/dynamodb/dynamo-table.ts';
import { QUIET_MS } from '../../src/erasure/erasure.ts';
import { edgeAttributes } from '../../src/follows/edge.ts';
import { keys } from '../../src/keys/keys.ts';
import { createStreamFunction } from '../../src/stream/function.ts';
import type { Item, Table } from '../../src/table/table.ts';
import { engineTable, steppedRuntime } from './engine-table.ts';
import { FakeSockets } from './fake-sockets.ts';
import { MemoryImageObjects } from './memory-image-objects.ts';
import { batchOf, contextWith } from './stream.ts';
import { createWorld, times } from './world.ts';

/** As the mapping's filter has them. */
const STREAMED = ['thought', 'following', 'barred', 'task', 'message', 'roster', 'erasure'];
/** Lambda reads a shard about so often. */
const POLL_MS = 1_000;
const BATCH = 100;
const MOST_POLLS = 5_000;

/** What a killed process does: nothing any more. The table's client can't tell it from a lost connection. */
class Killed extends Error {
  override readonly name = 'TimeoutError';
}

/** A table whose process can be killed at a call. */
const killable = (table: DynamoTable) => {
  const state = { callsLeft: Number.POSITIVE_INFINITY, kills: 0 };
  const proxy = new Proxy(table, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        state.callsLeft--;
        if (state.callsLeft === 0) state.kills++;
        if (state.callsLeft <= 0) throw new Killed('The process was killed');
        return value.apply(target, args);
      };
    },
  });
  return { state, table: proxy as Table };
};

/** The stream function on the engine by AWS's rules, and a person with an audience. */
export const erasureScene = async () => {
  const engine = await engineTable(undefined, steppedRuntime());
  const world = createWorld(engine.table, { handleHoldMs: 10 * 86_400_000 });
  const { runtime } = world;
  const sockets = new FakeSockets();
  const { state, table } = killable(engine.table);
  const imageObjects = new MemoryImageObjects();
  const forgotten: string[] = [];
  const handle = createStreamFunction({
    settings: world.settings,
    table,
    sockets,
    parking: { park: async (_record, error) => Promise.reject(error) },
    failures: { forget: async (username) => ({ erased: forgotten.push(username) }) },
    imageObjects,
    runtime,
  });
  let taken = 0;

  const take = (): DynamoDBRecord[] => {
    const fresh = engine.records.slice(taken);
    taken = engine.records.length;
    return fresh.filter(isStreamed).map(toRecord);
  };

  /**
   * Lets the stream run until nothing is left to do.
   * @param killAt at which of its calls of the table each of the first invocations is killed
   */
  const settle = async (killAt: number[] = []): Promise<void> => {
    const kills = [...killAt];
    let waiting = take();
    for (let poll = 0; waiting.length > 0; poll++) {
      if (poll > MOST_POLLS) throw new Error('The stream does not come to rest');
      runtime.pass(POLL_MS);
      const batch = waiting.slice(0, BATCH);
      const isErasing = batch.some(({ dynamodb }) => isAtWork(dynamodb?.NewImage, runtime.now()));
      const killed = state.kills;
      state.callsLeft = (isErasing ? kills[0] : undefined) ?? Number.POSITIVE_INFINITY;
      const { batchItemFailures } = (await handle(
        batchOf(batch),
        contextWith(() => 60_000),
      )) as DynamoDBBatchResponse;
      state.callsLeft = Number.POSITIVE_INFINITY;
      // One that had less to do lives on, and the next one is killed there.
      if (state.kills > killed) kills.shift();
      waiting = [...(batchItemFailures.length > 0 ? batch : []), ...waiting.slice(BATCH), ...take()];
    }
  };

  /** Followers with an edge, a count and an entry of each thought, written at once. */
  const addFollowers = async (author: string, ids: string[], count: number): Promise<void> => {
    const since = runtime.now();
    for (let from = 0; from < count; from += 1_000) {
      const readers = times(Math.min(1_000, count - from), (at) => `follower_${from + at}`);
      const items = readers.flatMap((follower): Item[] => {
        const edge = { follower, author, muted: false, since, delivery: 'entry', warmFrom: since } as const;
        return [
          { ...keys.following(follower, author), type: 'following', ...edgeAttributes(edge) } as Item,
          { ...keys.follower(author, follower), type: 'follower', ...edgeAttributes(edge) } as Item,
          { ...keys.count({ kind: 'user', username: follower }, 'OWN'), type: 'count', following: 1 } as Item,
        ];
      });
      await engine.table.batchWrite(items.map((put) => ({ put })));
      for (const id of ids) await world.timelines.addToAll(readers, { author, id });
    }
  };

  /** What has been written until now concerns nobody any more. */
  const skip = (): void => {
    taken = engine.records.length;
  };

  return { ...world, engine, sockets, imageObjects, forgotten, settle, skip, addFollowers, kills: () => state.kills };
};

/** An erasure that waits no more. */
const isAtWork = (image: NonNullable<DynamoDBRecord['dynamodb']>['NewImage'], now: number): boolean =>
  image?.type?.S === 'erasure' && Number(image.startedAt?.N) + QUIET_MS <= now;

const isStreamed = ({ newImage, oldImage }: StreamRecord): boolean =>
  newImage ? STREAMED.includes(newImage.type?.S ?? '') : oldImage?.type?.S === 'following';

const toRecord = ({ sequence, eventName, keys: Keys, newImage, oldImage }: StreamRecord): DynamoDBRecord =>
  ({
    eventID: `event-${sequence}`,
    eventName,
    dynamodb: { Keys, NewImage: newImage, OldImage: oldImage, SequenceNumber: String(sequence) },
  }) as unknown as DynamoDBRecord;
