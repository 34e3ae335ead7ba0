import type { Theme } from './themes.ts';

/** A mistake on purpose: a text of the program that is replaced by another, before a run. */
export interface Mutant {
  name: string;
  /** From the root of the project. */
  file: string;
  /** Stands in the file exactly once. */
  find: string;
  replace: string;
  /** In which seeds it must show. */
  theme: Theme;
  /** What it must show, in a seed in which the program as it is doesn't: any violation that begins so. */
  shows: string[];
}

/**
 * One mistake for each mechanism. The simulation must find all of them, or it has stopped looking at something.
 *
 * When the text of one has moved, the run says so by name. To repair it, look for the mechanism that its name tells
 * where it is now, put the new text into `find`, and break it in the same way in `replace`; then run
 * `npm run simulate -- --mutants`. When the mechanism is gone for good, take the mutant out.
 */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a condition that something is absent is ignored',
    file: 'src/table/expressions.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a text of the program
    find: "if (condition.is === 'absent') return `attribute_not_exists(${name})`;",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a text of the program
    replace: "if (condition.is === 'absent') return `(attribute_not_exists(${name}) OR attribute_exists(${name}))`;",
    theme: 'deletions',
    shows: ['repeated', 'audit', 'lost'],
  },
  {
    name: 'presence is read from a replica that is behind',
    file: 'src/connections/presence-store.ts',
    find: 'keys.presence), options);',
    replace: 'keys.presence), { ...options, consistent: false });',
    theme: 'network',
    shows: ['stalled', 'interrupted', 'not_live', 'view_misses', 'reconnects'],
  },
  {
    name: 'what is behind a page of followers is not handed on',
    file: 'src/fan-out/fan-out.ts',
    find: 'await table.batchWrite(tasks.map((put) => ({ put })));',
    replace: 'void table; void tasks;',
    theme: 'everyday',
    shows: ['audit', 'view_misses', 'page'],
  },
  {
    name: 'a new thought does not take its number',
    file: 'src/thoughts/thought-store.ts',
    find: 'clock: clockWrite(author, clock),',
    replace: '',
    theme: 'everyday',
    shows: ['audit', 'view_misses', 'out_of_order', 'lost'],
  },
  {
    name: 'the answer to an Idempotency-Key is not kept',
    file: 'src/thoughts/thought-store.ts',
    find: '...(idempotency && { idempotency: idempotencyWrite(author, idempotency, thought, createdAt) }),',
    replace: '',
    theme: 'deletions',
    shows: ['repeated'],
  },
  {
    name: 'the client gives again what it has given',
    file: 'client/sequencer.ts',
    find: 'if (versionOf(event) <= (this.#versions.get(event.thoughtId) ?? 0)) return [];',
    replace: "if (versionOf(event) <= (this.#versions.get(event.thoughtId) ?? 0)) return [{ kind: 'event', event }];",
    theme: 'network',
    shows: ['doubled', 'out_of_order'],
  },
  {
    name: 'the client never asks for a hole',
    file: 'client/inlet.ts',
    find: 'this.#resume().catch(() => this.#holes.postpone(this.#deps.runtime.now()));',
    replace: '',
    theme: 'pushes',
    shows: ['held'],
  },
  {
    name: 'a resume begins too late',
    file: 'src/websocket/resume.ts',
    find: 'firstIdAt(timeOfId(since) - OVERLAP_MS)',
    replace: 'firstIdAt(timeOfId(since) + OVERLAP_MS)',
    theme: 'network',
    shows: ['view_misses'],
  },
  {
    name: 'a connection is never noted as present',
    file: 'src/websocket/handler.ts',
    find: 'const { dropped } = await presence.connected(username, live);',
    replace: 'const dropped: { cid: string }[] = []; void presence;',
    theme: 'everyday',
    shows: ['interrupted', 'not_live', 'stalled', 'reconnects'],
  },
  {
    name: "an unfollow leaves the author's side of the edge",
    file: 'src/follows/follow-store.ts',
    find: '{ delete: keys.follower(author, follower) },',
    replace: '',
    theme: 'relations',
    shows: ['audit'],
  },
  {
    name: 'a page shows authors who are followed no more',
    file: 'src/timelines/timeline-reader.ts',
    find: 'const wanted = await allowed(references);',
    replace: 'const wanted = references; void allowed;',
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
    name: 'the timeline of a reader who was away is not filled',
    file: 'src/timelines/timeline-reader.ts',
    find: 'if (presence.needsRebuild) await this.rebuild(',
    replace: 'if (presence.lastSeenAt < 0) await this.rebuild(',
    theme: 'absence',
    shows: ['audit', 'page', 'view_misses'],
  },
];
