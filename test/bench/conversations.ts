import { AWS_RULES } from '../../local/aws/dynamodb/rules.ts';
import type { Head } from '../../src/conversations/conversation.ts';
import { headWrite, messageItem } from '../../src/conversations/conversation-items.ts';
import { FanOut } from '../../src/fan-out/fan-out.ts';
import { PushBuffer } from '../../src/push/push-buffer.ts';
import { engineTable } from '../support/engine-table.ts';
import { TestRuntime } from '../support/test-runtime.ts';
import { VirtualRuntime } from '../support/virtual-runtime.ts';
import { createWorld, SETTINGS, times } from '../support/world.ts';
import { Report } from './support/report.ts';

const MEMBERS = 10;
const report = new Report('conversations');
const TEXT = 'A message of the length that people write when they write something short.';

/**
 * Conversations in an engine with AWS's rules for latency (2 to 10 ms each way) and for conflicts, and a time of its own: so a
 * second here is a second of the rules, whatever else the machine does.
 */
const build = async (conversations: number) => {
  const runtime = new VirtualRuntime(1);
  const { table, service } = await runtime.run(engineTable({ ...AWS_RULES, throughput: undefined }, runtime));
  const { newId, newSecret } = new TestRuntime(runtime.now());
  const { now, sleep, random } = runtime;
  const world = createWorld(table, {}, { now, sleep, random, newId, newSecret } as never);
  const names = times(MEMBERS, (at) => `member_${at}`);
  const ids = await runtime.run(
    (async () => {
      for (const name of names) await world.users.ensure(name);
      const [first = '', ...members] = names;
      const opened = await Promise.all(
        times(conversations, (at) => world.conversations.open(first, { members, name: `Group ${at}`, text: TEXT })),
      );
      return opened.map((outcome) => (outcome.kind === 'posted' ? outcome.conversation.head.id : ''));
    })(),
  );
  /** Virtual seconds and units of a piece of work. */
  const measure = async (work: () => Promise<unknown>) => {
    service.usage.clear();
    const startedAt = now();
    await runtime.run(work());
    const [reads, writes] = [service.usage.total('read'), service.usage.total('write')];
    return { seconds: (now() - startedAt) / 1_000, reads, writes };
  };
  return { world, names, ids, measure };
};

type Built = Awaited<ReturnType<typeof build>>;

/** Each writer posts one message after the other. @returns how many were posted, and how many found no turn */
const post = async ({ world, names, ids }: Built, writers: number, each: number) => {
  const outcomes = await Promise.all(
    times(writers, async (writer) => {
      const author = names[writer % names.length] ?? '';
      const id = ids[writer % ids.length] ?? '';
      const own: string[] = [];
      for (let at = 0; at < each; at++) own.push((await world.messages.post(id, { author, text: TEXT })).kind);
      return own;
    }),
  );
  const all = outcomes.flat();
  return { posted: all.filter((kind) => kind === 'posted').length, busy: all.filter((kind) => kind === 'busy').length };
};

/** The same two items in the same transaction: nothing is read, and nobody is in the way. */
const bare = async ({ world, ids }: Built, each: number) => {
  await Promise.all(
    ids.map(async (id) => {
      let head: Head = { id, seq: 1, place: 1, rosterVersion: 1 };
      for (let at = 0; at < each; at++) {
        const next = { ...head, seq: head.seq + 1, place: head.place + 1 };
        const { newId, now } = world.runtime;
        const message = {
          ...{ conversation: id, place: next.place, id: newId(), author: 'member_0', text: TEXT, createdAt: now() },
          ...{ version: 1, seq: next.seq },
        };
        await world.table.write([headWrite(head, next), { put: messageItem(message) }]);
        head = next;
      }
    }),
  );
};

/** @returns a row of the table: ours, beside the same writes done bare */
const compare = async (name: string, what: string, conversations: number, writers: number, each: number) => {
  const ours = await build(conversations);
  let counted = { posted: 0, busy: 0 };
  const used = await ours.measure(async () => {
    counted = await post(ours, writers, each);
  });
  const other = await build(conversations);
  const perConversation = (writers * each) / conversations;
  const plain = await other.measure(() => bare(other, perConversation));
  const { posted, busy } = counted;
  const rate = posted / used.seconds;
  const plainRate = (conversations * perConversation) / plain.seconds;
  report.figure(`conversations.${name}`, rate, 'messages/s');
  report.figure(`conversations.${name}_bare`, plainRate, 'messages/s');
  report.figure(`conversations.${name}_429`, busy, 'answers');
  report.figure(`conversations.${name}_units`, used.reads / posted, 'rru/message');
  report.figure(`conversations.${name}_units_written`, used.writes / posted, 'wru/message');
  report.figure(`conversations.${name}_bare_written`, plain.writes / (conversations * perConversation), 'wru/message');
  const units = [used.reads, used.writes].map((sum) => (sum / posted).toFixed(1));
  const answered = `${busy} of ${writers * each}`;
  return [what, rate.toFixed(0), plainRate.toFixed(0), (rate / plainRate).toFixed(2), answered, ...units];
};

/** What the stream takes for one message, as far as its members' rows and presences go. */
const fanOut = async () => {
  const built = await build(1);
  const { world, ids, measure } = built;
  const [id = ''] = ids;
  await measure(() => post(built, 1, 1));
  const fan = new FanOut({ ...world, settings: SETTINGS.fanOut });
  const invocation = { pushBuffer: new PushBuffer(), hasTime: () => true, deadline: Number.POSITIVE_INFINITY };
  const change = { kind: 'message' as const, conversation: id, place: 2, version: 1, at: world.runtime.now() };
  const { reads, writes } = await measure(() => fan.handle({ kind: 'conversation', change }, invocation));
  report.figure(`conversations.fan_out_to_${MEMBERS}`, reads, 'rru/message');
  report.figure(`conversations.fan_out_to_${MEMBERS}_written`, writes, 'wru/message');
  return { reads, writes };
};

const rows = [
  await compare('one_writer', 'one writer into one', 1, 1, 100),
  await compare('into_one', 'ten at once into one', 1, 10, 20),
  await compare('into_a_hundred', 'a hundred into a hundred', 100, 100, 10),
];
const told = await fanOut();
report.text(
  `Groups of ${MEMBERS} on an engine with AWS's rules for conflicts and latency: a request takes 2 to 10 ms each way. The time is the engine's own, so a second is one of
the rules, whatever the machine does. Each writer posts one message after the other. "Bare" writes the same two items in the same transaction; it
reads nothing, and has no rival. "Ratio" is ours divided by bare: more is better. Units are of a message that was answered 201. To tell one
to ${MEMBERS} members, the stream takes ${told.reads} read and ${told.writes} write units.`,
);
report.table([['', 'messages/s', 'bare', 'ratio', 'answered 429', 'read units', 'write units'], ...rows]);
report.write();
