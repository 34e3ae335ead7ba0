import type { Replacement } from './load-system.ts';

const FOLLOWS = 'follows/follow-store.ts';
const MERGED = 'timelines/merged-timeline.ts';
const ENTRIES = 'timelines/timeline-store.ts';
const WALK = 'fan-out/followers.ts';
const PRESENCE = 'connections/presence.ts';
const HEAD = 'thoughts/author-head.ts';

const DAY_MS = 86_400_000;

/** The rule without one of its parts each. Every part is needed, so the property must fail with each. */
export const MUTANTS: Record<string, Replacement[]> = {
  'no margin after a follow': [
    { file: FOLLOWS, from: 'warmFrom: now + this.#settings.marginMs,\n    };', to: 'warmFrom: now };' },
  ],
  'no margin after an unmute': [
    {
      file: FOLLOWS,
      from: '...(!muted && { warmFrom: now + this.#settings.marginMs })',
      to: '...(!muted && { warmFrom: now })',
    },
  ],
  'no margin after a change of kind': [
    { file: FOLLOWS, from: 'delivery, warmFrom: now + this.#settings.marginMs }', to: 'delivery, warmFrom: now }' },
  ],
  'no margin after an absence': [{ file: PRESENCE, from: 'isAway ? nowMs + marginMs', to: 'isAway ? nowMs' }],
  'warmFrom not raised by an unmute': [
    { file: FOLLOWS, from: '...(!muted && { warmFrom: now + this.#settings.marginMs })', to: '' },
  ],
  'warmFrom not raised by a change of kind': [
    { file: FOLLOWS, from: 'delivery, warmFrom: now + this.#settings.marginMs }', to: 'delivery }' },
  ],
  'entriesFrom not raised by an absence': [
    {
      file: PRESENCE,
      from: 'isAway ? nowMs + marginMs : presence.entriesFrom',
      to: 'presence?.entriesFrom ?? nowMs + marginMs',
    },
  ],
  'edges read eventually': [
    {
      file: FOLLOWS,
      from: '...{ ...lists.followingOf(reader), consistent: true }',
      to: '...{ ...lists.followingOf(reader), consistent: false }',
    },
  ],
  'entries read eventually': [{ file: ENTRIES, from: 'consistent: true', to: 'consistent: false' }],
  'pushes to whom the walk sees by a replica': [
    {
      file: WALK,
      from: 'presence.of(usernames, { consistent: true })',
      to: 'presence.of(usernames, { consistent: false })',
    },
  ],
  'followers read eventually': [
    {
      file: 'fan-out/fan-out.ts',
      from: 'after: range.after, limit, consistent: true',
      to: 'after: range.after, limit, consistent: false',
    },
  ],
  'heads eventual while a connection is young': [
    { file: MERGED, from: 'consistent: isYoung || warmFrom > now', to: 'consistent: warmFrom > now' },
  ],
  'heads eventual after a follow': [
    { file: MERGED, from: 'consistent: isYoung || warmFrom > now', to: 'consistent: isYoung' },
  ],
  "the reader's own head read eventually": [
    {
      file: MERGED,
      from: 'thoughts.heads([reader], { consistent: true })',
      to: 'thoughts.heads([reader], { consistent: false })',
    },
  ],
  'absent thoughts not asked again': [
    {
      file: 'thoughts/hydration.ts',
      from: 'missing().filter((reference) => !isFresh(reference)),\n    true,',
      to: '[],\n    true,',
    },
  ],
  'the head in the order of storing': [
    { file: HEAD, from: '[...recent, created].sort().reverse()', to: '[created, ...recent]' },
  ],
  'the head taken for the whole list': [{ file: HEAD, from: 'isWhole: !more && !isFirstEdition', to: 'isWhole: true' }],
  'an edge changed without a condition': [
    { file: FOLLOWS, from: ', when: [...IS_FOLLOW, ...isSameEdge(item)] }', to: ' }' },
  ],
  'an edge changed though it was changed meanwhile': [
    { file: FOLLOWS, from: '[...IS_FOLLOW, ...isSameEdge(item)]', to: 'IS_FOLLOW' },
  ],
  "the walk's own setting in place of the stored time": [
    {
      file: PRESENCE,
      from: 'nowMs <= presence.entriesUntil + ENTRIES_SLACK',
      to: `nowMs <= presence.entriesUntil - ${23 * DAY_MS}`,
    },
  ],
  'entries written no longer than they are relied on': [
    { file: PRESENCE, from: 'ENTRIES_SLACK = DAY', to: 'ENTRIES_SLACK = 0' },
  ],
  "entries' life shorter than the retention": [
    {
      file: ENTRIES,
      from: 'timeOfId(thought.id) + this.#entryMs',
      to: `timeOfId(thought.id) + this.#entryMs - ${2 * DAY_MS}`,
    },
  ],
  'entries relied on without an end': [
    {
      file: MERGED,
      from: 'Math.max(presence.entriesFrom, now - this.#deps.settings.retentionMs)',
      to: 'presence.entriesFrom',
    },
  ],
  'pushes to who has muted': [{ file: WALK, from: '.filter(({ muted }) => !muted)', to: '' }],
  'presence before the entry': [
    {
      file: WALK,
      from: '  if (entry) {',
      to: `  if (content.eventBody) {
    await pushTo(deps, heard.map(({ follower }) => follower), content.eventBody, pushBuffer);
    content = { readAt: content.readAt };
  }
  if (entry) {`,
    },
  ],
  'entries of anybody shown': [
    { file: MERGED, from: 'isHeard: ({ author }) => heard.has(author)', to: 'isHeard: () => true' },
  ],
  'one list as long as its first part': [
    {
      file: 'thoughts/list-source.ts',
      from: 'this.#isOver = part.length < this.#step',
      to: 'this.#isOver = true',
    },
  ],
  'no entry of what was edited before its turn': [
    {
      file: 'fan-out/content.ts',
      from: '...(change.version === 1 && { entry: change })',
      to: '...(change.version === 1 && isCurrent && { entry: change })',
    },
  ],
};
