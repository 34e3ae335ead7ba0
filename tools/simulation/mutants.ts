import type { Theme } from './themes.ts';

/** A deliberate mistake: a text of the program that is replaced by another before a run. */
export interface Mutant {
  name: string;
  /** From the root of the project. */
  file: string;
  /** Stands in the file exactly once. */
  find: string;
  replace: string;
  /** The theme of the seeds that must find it. */
  theme: Theme;
  /** The codes of the violations that must be found, or how these codes begin. The unchanged program has none of them in the same seed. */
  shows: string[];
}

/**
 * One mistake for each mechanism. If the simulation does not find one of them, a check is missing.
 *
 * When the text of one has moved, the run says so by name. To repair it, look for the mechanism that its name tells
 * where it is now, put the new text into `find`, and break it in the same way in `replace`; then run
 * `npm run simulate -- --mutants`. When the mechanism is gone for good, take the mutant out.
 */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a condition that something is absent is ignored',
    file: 'src/dynamodb/expressions.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a text of the program
    find: "if (condition.is === 'absent') return `attribute_not_exists(${name})`;",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a text of the program
    replace: "if (condition.is === 'absent') return `(attribute_not_exists(${name}) OR attribute_exists(${name}))`;",
    theme: 'deletions',
    shows: ['repeated', 'audit', 'lost'],
  },
  {
    name: 'a connection is read from a replica that is behind',
    file: 'src/connections/connection-store.ts',
    find: 'keys.connection(connectionId), { consistent: true });',
    replace: 'keys.connection(connectionId), { consistent: false });',
    theme: 'everyday',
    shows: ['replaced', 'interrupted', 'not_live', 'stalled'],
  },
  {
    name: 'what is behind a page of followers is not handed on',
    file: 'src/fan-out/fan-out.ts',
    find: 'if (rest.length > 0) await table.write(splitWrites(task, rest, runtime.now()), HAND_ON);',
    replace: 'void table; void rest;',
    theme: 'everyday',
    shows: ['audit', 'view_misses', 'page'],
  },
  {
    name: 'a new thought does not take its number',
    file: 'src/thoughts/author-head.ts',
    find: 'seq: seq + 1,',
    replace: 'seq: Math.max(seq, 1),',
    theme: 'everyday',
    shows: ['audit', 'view_misses', 'out_of_order', 'lost'],
  },
  {
    name: 'the answer to an Idempotency-Key is not kept',
    file: 'src/thoughts/thought-store.ts',
    find: '...(idempotency && idempotencyWrites(author, idempotency, thought, createdAt)),',
    replace: '',
    theme: 'deletions',
    shows: ['repeated'],
  },
  {
    name: 'the client gives again what it has given',
    file: 'client/order.ts',
    find: "this.versions.isElsewhere(event) ? [{ kind: 'late', event }] : [];",
    replace:
      "this.versions.isElsewhere(event) ? [{ kind: 'event', event, author }] : [{ kind: 'event', event, author }];",
    theme: 'network',
    shows: ['doubled', 'out_of_order'],
  },
  {
    name: 'the client never asks for a hole',
    file: 'client/holes.ts',
    find: 'else this.#askFor(author, hole);',
    replace: 'else hole.dueAt = Number.POSITIVE_INFINITY;',
    theme: 'pushes',
    shows: ['held'],
  },
  {
    name: 'a resume begins too late',
    file: 'src/websocket/replay-start.ts',
    find: 'firstIdAt(timeOfId(since) - overlapMs)',
    replace: 'firstIdAt(timeOfId(since) + overlapMs)',
    theme: 'network',
    shows: ['view_misses'],
  },
  {
    name: 'a connection is never noted as present',
    file: 'src/push/connection-lifecycle.ts',
    find: 'const { dropped } = await presence.connected(username, live);',
    replace: 'const dropped: { connectionId: string }[] = []; void presence;',
    theme: 'everyday',
    shows: ['replaced', 'interrupted', 'not_live', 'stalled'],
  },
  {
    name: "an unfollow leaves the author's side of the edge",
    file: 'src/follows/edge.ts',
    find: "follower: { delete: keys.follower(author, follower), when: [{ attribute: 'pk', is: 'present' }] },",
    replace: '',
    theme: 'relations',
    shows: ['audit'],
  },
  {
    name: 'a page shows authors who are followed no more',
    file: 'src/thoughts/thought-list.ts',
    find: 'if (isWanted(reference)) wanted.push(reference);',
    replace: 'wanted.push(reference);',
    theme: 'relations',
    shows: ['page'],
  },
  {
    name: 'the mapping forgets records that are not done',
    file: 'local/event-source-mapping/completed-prefix.ts',
    find: 'if (!isDone) break;',
    replace: 'void isDone;',
    theme: 'lag',
    shows: ['audit', 'page', 'view_misses'],
  },
  {
    name: 'entries are relied on that a reader who was away never got',
    file: 'src/timelines/merged-timeline.ts',
    find: 'Math.max(presence.entriesFrom, now - this.#deps.settings.retentionMs)',
    replace: '(now - this.#deps.settings.retentionMs)',
    theme: 'absence',
    shows: ['audit', 'page', 'view_misses'],
  },
  {
    name: 'a message takes a place that is taken',
    file: 'src/conversations/message-store.ts',
    find: 'seq: before.seq + 1, place: before.place + 1 };',
    replace: 'seq: before.seq + 1, place: Math.max(1, before.place) };',
    theme: 'everyday',
    shows: ['conversation_'],
  },
  {
    name: 'the last member of a conversation is not told of its messages',
    file: 'src/fan-out/conversations.ts',
    find: 'for (const connection of await this.#connectionsOf(heard)) {',
    replace: 'for (const connection of await this.#connectionsOf(heard.slice(0, -1))) {',
    theme: 'everyday',
    shows: ['conversation_missed', 'stalled', 'held'],
  },
  {
    name: 'whoever leaves a group stays a member of it',
    file: 'src/conversations/conversation.ts',
    find: 'members: roster.members.filter((member) => member.username !== username),',
    replace: 'members: roster.members,',
    theme: 'everyday',
    shows: ['overheard', 'hears_after_leaving'],
  },
  {
    name: 'the client gives messages as they come, with holes between them',
    file: 'client/order.ts',
    find: 'if (event.seq === last + 1 && !author.hole) return',
    replace: 'if ((event.seq === last + 1 && !author.hole) || isConversation(author.name)) return',
    theme: 'pushes',
    shows: ['conversation_missed', 'out_of_order'],
  },
  {
    name: 'whoever has called once waits for the whole bucket',
    file: 'src/limits/limiter.ts',
    find: 'set: { ...common(now), [kind]: due },',
    replace: 'set: { ...common(now), [kind]: now + (due - now) * 100 },',
    theme: 'everyday',
    shows: ['limited', 'gave_up'],
  },
  {
    name: 'the next part of a list of everybody begins too late',
    file: 'src/thoughts/thought-lists.ts',
    find: 'const page = { after: behind || undefined, limit: count',
    replace: 'const page = { after: (oldestFirst ? behind : behind.slice(0, 8)) || undefined, limit: count',
    theme: 'everyday',
    shows: ['page'],
  },
  {
    name: 'what was pushed just before a subscription is not asked for',
    file: 'client/replays.ts',
    find: 'return this.#context.now() + this.#context.jitter(',
    replace: 'return Number.POSITIVE_INFINITY + this.#context.jitter(',
    theme: 'crowd',
    shows: ['view_misses_all', 'view_misses_topic'],
  },
  {
    name: 'what was read before a long wait is delivered after it',
    file: 'src/fan-out/content.ts',
    find: 'nowMs - readAt <= FRESH_MS',
    replace: 'nowMs - readAt <= 600 * FRESH_MS',
    theme: 'storm',
    shows: ['gone_came_back'],
  },
];
