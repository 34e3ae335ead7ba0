import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import pMap from 'p-map';
import { AWS_RULES, type Rules } from '../../../local/aws/dynamodb/rules.ts';
import type { StreamRecord } from '../../../local/aws/dynamodb/types.ts';
import { conversationOfTwo } from '../../../src/conversations/conversation.ts';
import type { MessageItem, RosterItem } from '../../../src/conversations/conversation-items.ts';
import { FanOut } from '../../../src/fan-out/fan-out.ts';
import { type PushBatch, PushBuffer } from '../../../src/push/push-buffer.ts';
import { decodeRecord } from '../../../src/stream/decode.ts';
import type { Item, Table, Write } from '../../../src/table/table.ts';
import { engineTable } from '../engine-table.ts';
import { isStreamed } from '../stream.ts';
import { TestRuntime } from '../test-runtime.ts';
import { VirtualRuntime } from '../virtual-runtime.ts';
import { createWorld, SETTINGS, times } from '../world.ts';
import { ConversationModel } from './model.ts';

/** At most this many tries for one operation, and for one message. */
const MOST_ACTIONS = 5;
const MOST_TRIES = 20;
/** A process stalls for at most this long, in milliseconds, and then goes on. */
const STALL_MS = 30_000;

/** A process dies: nobody hears what became of its call. */
export class CrashError extends Error {
  override readonly name = 'CrashError';
}

export interface RunOptions {
  seed: number;
  /** It ends when so many were answered. */
  messages: number;
  people: number;
  /** How many write at once. */
  width: number;
  /** How likely each call of the table kills its process. */
  crashes: number;
  rules?: Partial<Rules>;
  /** Does every write otherwise than it was meant. */
  mutant?: (write: Write) => Write;
}

const RULES: Rules = { ...AWS_RULES, throughput: undefined };

/** Every call may be the last one of its process, before it or after it was done; or wait for long. */
const crashing = (table: Table, { random, sleep }: VirtualRuntime, rate: () => number): Table => {
  const guard = async <T>(call: () => Promise<T>): Promise<T> => {
    if (random() < rate() / 2) await sleep(random() * STALL_MS);
    if (random() < rate() / 2) throw new CrashError('before');
    const answer = await call();
    if (random() < rate() / 2) throw new CrashError('after');
    return answer;
  };
  return {
    get: (...args) => guard(() => table.get(...args)),
    batchGet: (...args) => guard(() => table.batchGet(...args)),
    query: (...args) => guard(() => table.query(...args)),
    write: (...args) => guard(() => table.write(...args)),
    batchWrite: (...args) => guard(() => table.batchWrite(...args)),
    scan: (after) => table.scan(after),
  };
};

const mutated = (table: Table, mutant: (write: Write) => Write): Table => ({
  get: (...args) => table.get(...args),
  batchGet: (...args) => table.batchGet(...args),
  query: (...args) => table.query(...args),
  write: (writes, options) => table.write(writes.map(mutant), options),
  batchWrite: (...args) => table.batchWrite(...args),
  scan: (after) => table.scan(after),
});

/**
 * People write, edit, delete, read, come and go in a few conversations, side by side, in an engine that keeps AWS's rules and a
 * time of its own. The stream's records come in any order, several times, and on to the end; processes die.
 */
export const runConversations = async ({ seed, messages, people, width, crashes, rules, mutant }: RunOptions) => {
  const runtime = new VirtualRuntime(seed);
  const engine = await runtime.run(engineTable({ ...RULES, ...rules }, runtime));
  const names = times(people, (at) => `person_${at}`);
  const ids = new TestRuntime(runtime.now(), seed);
  const clock = {
    ...runtime,
    now: runtime.now,
    sleep: runtime.sleep,
    random: runtime.random,
    newId: ids.newId,
    newSecret: ids.newSecret,
  };
  let rate = 0;
  const table = crashing(mutant ? mutated(engine.table, mutant) : engine.table, runtime, () => rate);
  const world = createWorld(table, {}, clock as never);
  const fanOut = new FanOut({ ...world, settings: SETTINGS.fanOut });
  const pick = <T>(list: T[]): T => list[Math.floor(runtime.random() * list.length)] as T;

  const result = await runtime.run(
    (async () => {
      for (const name of [...names, 'outsider']) {
        await world.users.ensure(name);
        const live = { connectionId: `c-${name}`, connectedAt: runtime.now(), authExpiresAt: runtime.now() + 1e9 };
        await world.presence.connected(name, live);
      }
      const conversations: string[] = [];
      for (const size of [people, 7, 3]) {
        const [first = '', ...others] = names.slice(0, size);
        const opened = await world.conversations.open(first, {
          members: others,
          name: `${size} people`,
          text: 'begin',
        });
        if (opened.kind === 'posted') conversations.push(opened.conversation.head.id);
      }
      const [one = '', other = ''] = names;
      await world.conversations.open(one, { members: [other], text: 'begin' });
      conversations.push(conversationOfTwo(one, other));

      const answered = new Set<string>();
      rate = crashes;
      const write = async (at: number) => {
        const id = pick(conversations);
        const chance = runtime.random();
        try {
          const username = await someone(id);
          if (chance < 0.72) return await post(id, username, `message ${at}`);
          const head = await world.conversationReader.head(id);
          const place = 1 + Math.floor(runtime.random() * (head?.place ?? 1));
          if (chance < 0.8) await world.messages.edit(id, place, username, `edit ${at}`);
          else if (chance < 0.86) await world.messages.delete(id, place, username);
          else if (chance < 0.94) await read(id, username, place);
          else if (chance < 0.96) await world.conversations.leave(username, id);
          else await world.conversations.add(username, id, pick(names));
        } catch (error) {
          if (!(error instanceof CrashError)) throw error;
        }
      };
      /** A member for the most part. */
      const someone = async (id: string): Promise<string> => {
        const members = (await world.conversationReader.roster(id))?.members ?? [];
        return members.length > 0 && runtime.random() < 0.9 ? pick(members).username : pick(names);
      };
      const read = async (id: string, username: string, place: number) => {
        const roster = await world.conversationReader.roster(id);
        if (!roster?.members.some((member) => member.username === username)) return;
        await world.inboxes.markRead(username, id, place, 'reader');
      };
      /** As a client does it: with a key, again and again until it is answered. */
      const post = async (id: string, author: string, text: string) => {
        for (let busy = 0; ; ) {
          try {
            const idempotency = { key: text.replace(' ', '-'), fingerprint: text };
            const outcome = await world.messages.post(id, { author, text, idempotency });
            if (outcome.kind === 'busy' && ++busy < MOST_TRIES) continue;
            if (outcome.kind === 'posted' || outcome.kind === 'replayed') answered.add(text);
            return;
          } catch (error) {
            if (!(error instanceof CrashError)) throw error;
          }
        }
      };

      const batches: PushBatch[] = [];
      /** One invocation: some records; one that fails comes again. */
      const deliver = async (records: StreamRecord[]): Promise<StreamRecord[]> => {
        const pushBuffer = new PushBuffer();
        const failed: StreamRecord[] = [];
        await pMap(
          records,
          async (record) => {
            try {
              const change =
                isStreamed(itemOf(record.newImage), itemOf(record.oldImage)) && decodeRecord(asLambda(record));
              const invocation = { pushBuffer, hasTime: () => true, deadline: Number.POSITIVE_INFINITY };
              if (change) await fanOut.handle(change, invocation);
            } catch {
              failed.push(record);
            }
          },
          { concurrency: 5 },
        );
        batches.push(...pushBuffer.take());
        return failed;
      };
      const deliverAll = async (all: StreamRecord[]) => {
        let left = shuffled(all);
        while (left.length > 0) {
          const batches = times(Math.ceil(left.length / 10), (at) => left.slice(at * 10, at * 10 + 10));
          left = (await pMap(batches, deliver, { concurrency: 4 })).flat();
        }
      };
      const shuffled = <T>(list: T[]): T[] =>
        list
          .map((one) => ({ one, at: runtime.random() }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);

      // Delivery goes on beside the writing, and a process that stalls comes to its end much later.
      const delivering: Promise<void>[] = [];
      let seen = 0;
      for (let at = 0; answered.size < messages; at += 100) {
        if (at > MOST_ACTIONS * messages) throw new Error('Most of what is posted is not answered');
        await pMap(
          times(100, (index) => at + index),
          write,
          { concurrency: width },
        );
        const news = engine.records.slice(seen);
        seen = engine.records.length;
        delivering.push(deliverAll([...news, ...times(20, () => pick(engine.records))]));
      }
      await Promise.all(delivering);
      rate = 0;
      const items = await everything(engine.table);
      await deliverAll(engine.records);
      const replayed = await everything(engine.table);
      return { conversations, answered, batches, items, replayed };
    })(),
  );
  return { ...result, names, world, runtime, models: modelsOf(engine.records), records: engine.records };
};

const itemOf = (image: StreamRecord['newImage']): Item | undefined => image && (unmarshall(image) as Item);

const asLambda = ({ eventName, keys, newImage, oldImage, sequence }: StreamRecord): DynamoDBRecord =>
  ({
    eventID: `event-${sequence}`,
    eventName,
    dynamodb: { Keys: keys, NewImage: newImage, OldImage: oldImage, SequenceNumber: String(sequence) },
  }) as unknown as DynamoDBRecord;

const everything = async (table: Table): Promise<Item[]> => {
  const items: Item[] = [];
  for await (const item of table.scan()) items.push(item);
  return items;
};

/** The plain lists of all conversations, from what was committed, in the order of the commits. */
const modelsOf = (records: StreamRecord[]) => {
  const models = new Map<string, ConversationModel>();
  const of = (id: string) => {
    const model = models.get(id) ?? new ConversationModel();
    models.set(id, model);
    return model;
  };
  const images = records.flatMap(({ newImage }) => itemOf(newImage) ?? []);
  const isFirst = (item: Item) => item.type === 'roster' && (item as RosterItem).version === 1;
  // A conversation's first message and its members are one transaction.
  for (const item of [...images.filter(isFirst), ...images.filter((one) => !isFirst(one))]) {
    if (item.type === 'roster') {
      const { id, members } = item as RosterItem;
      of(id).apply({ kind: 'members', members: members.map(({ username }) => username) });
    }
    if (item.type === 'message') {
      const { conversation, seq, place, author, text, deletedAt } = item as MessageItem;
      of(conversation).apply({ kind: 'message', seq, place, author, text, isDeleted: deletedAt !== undefined });
    }
    if (item.type === 'inbox' && (item as unknown as { changedBy: string }).changedBy === 'reader') {
      const { conversation, username, readUpTo } = item as unknown as {
        conversation: string;
        username: string;
        readUpTo: number;
      };
      of(conversation).read(username, readUpTo);
    }
  }
  return models;
};

export type ConversationRun = Awaited<ReturnType<typeof runConversations>>;
