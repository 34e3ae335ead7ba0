import fc from 'fast-check';
import type { Delivery } from '../../../src/follows/edge.ts';

export const USERS = ['ann', 'bob', 'cat', 'dan'];
/** How far two hosts' clocks may be apart, in milliseconds. */
const CLOCKS_APART = 15_000;
export const HOSTS = 3;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const FOLLOW_ACTIONS = ['follow', 'unfollow', 'mute', 'unmute', 'block', 'unblock'] as const;

/** What can happen. `who`, `other`, `host` and `which` are places in a list; they wrap around. */
export type Command =
  | { do: 'post'; who: number; host: number; expiresIn: number | undefined }
  | { do: 'edit' | 'delete'; who: number; host: number; which: number }
  | { do: (typeof FOLLOW_ACTIONS)[number]; who: number; other: number; host: number }
  | { do: 'deliver as'; who: number; other: number; host: number; delivery: Delivery }
  | { do: 'read' | 'connect' | 'disconnect'; who: number; host: number }
  | { do: 'step'; which: number; times: number }
  /** The stream brings a record, one that was done already, or one of the latest ten again. */
  | { do: 'stream'; which: number; host: number; again: boolean }
  | { do: 'crash'; which: number }
  | { do: 'pass'; ms: number }
  /** Time goes on to shortly before or after something is over: a reader's entries, or a thought's retention. */
  | { do: 'pass to'; end: 'entries' | 'retention'; which: number; ms: number }
  /** All that has begun ends, but for the oldest job; with the stream, also what it makes of that. */
  | { do: 'settle'; withStream: boolean }
  /** All that has begun ends, and replicas catch up. */
  | { do: 'rest' }
  /** The engine removes what has expired. */
  | { do: 'sweep' }
  /** The next step of a deployment that changes settings. */
  | { do: 'deploy'; activeDays: number; retentionDays: number }
  | { do: 'check'; host: number; sizes: number[] };

const who = fc.nat(USERS.length - 1);
const host = fc.nat(HOSTS - 1);
const which = fc.nat(20);
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });

const someTime = fc.oneof(
  { weight: 4, arbitrary: fc.nat(3 * SECOND) },
  { weight: 2, arbitrary: fc.nat(40 * SECOND) },
  { weight: 1, arbitrary: fc.integer({ min: MINUTE, max: 5 * MINUTE }) },
  { weight: 1, arbitrary: fc.integer({ min: HOUR, max: 3 * DAY }) },
  { weight: 1, arbitrary: fc.integer({ min: 20 * DAY, max: 45 * DAY }) },
);

export const record = <const Name extends string, Model>(
  name: Name,
  model: { [K in keyof Model]: fc.Arbitrary<Model[K]> },
) => fc.record({ do: fc.constant(name), ...model });

export const weighted = (weight: number, arbitrary: fc.Arbitrary<unknown>) => ({ weight, arbitrary });

/** @param deliveries the kinds that edges may be changed to */
const command = (deliveries: Delivery[]): fc.Arbitrary<Command> => {
  const pair = { who, other: who, host };
  const follows = fc.constantFrom(
    'follow',
    'follow',
    'follow',
    'unfollow',
    'mute',
    'unmute',
    'unmute',
    'block',
    'unblock',
  );
  return fc.oneof(
    weighted(8, record('post', { who, host, expiresIn: fc.constant(undefined) })),
    weighted(1, record('post', { who, host, expiresIn: fc.integer({ min: 60, max: 100_000 }) })),
    weighted(2, fc.record({ do: fc.constantFrom('edit', 'delete'), who, host, which })),
    weighted(6, fc.record({ do: follows, ...pair })),
    weighted(2, record('deliver as', { ...pair, delivery: fc.constantFrom(...deliveries) })),
    weighted(4, fc.record({ do: fc.constantFrom('read', 'connect', 'connect', 'disconnect'), who, host })),
    weighted(16, record('step', { which, times: fc.integer({ min: 1, max: 12 }) })),
    weighted(9, record('stream', { which, host, again: fc.boolean() })),
    weighted(1, record('crash', { which })),
    weighted(8, record('pass', { ms: someTime })),
    weighted(
      1,
      record('pass to', {
        end: fc.constantFrom('entries', 'retention'),
        which,
        ms: fc.integer({ min: -40 * SECOND, max: 40 * SECOND }),
      }),
    ),
    weighted(1, record('sweep', {})),
    weighted(
      1,
      record('deploy', { activeDays: fc.constantFrom(7, 30, 60), retentionDays: fc.constantFrom(10, 30, 40) }),
    ),
    weighted(1, record('check', { host, sizes })),
  ) as fc.Arbitrary<Command>;
};

export interface Course {
  /** What each host's clock shows more than the true time, in milliseconds. */
  clocks: number[];
  seed: number;
  /** Who follows whom before it begins. */
  edges: [number, number][];
  commands: Command[];
  last: { host: number; sizes: number[] };
}

export const clocks = fc.array(fc.nat(CLOCKS_APART), { minLength: HOSTS, maxLength: HOSTS });

/** Four people, and everything that they and time can do. */
export const courses = (deliveries: Delivery[]): fc.Arbitrary<Course> =>
  fc.record({
    clocks,
    seed: fc.nat(),
    edges: fc.array(fc.tuple(who, who), { maxLength: 8, size: 'max' }),
    commands: fc.array(command(deliveries), { minLength: 20, maxLength: 120, size: 'max' }),
    last: fc.record({ host, sizes }),
  });

/** One reader and one author, in the closest of quarters: each step of each counts. */
export const closeCourses = (deliveries: Delivery[]): fc.Arbitrary<Course> => {
  const pair = { who: fc.constant(0), other: fc.constant(1), host };
  const few = fc.nat(5);
  const commands = fc.oneof(
    weighted(4, record('post', { who: fc.constant(1), host, expiresIn: fc.constant(undefined) })),
    weighted(1, fc.record({ do: fc.constantFrom('edit', 'delete'), who: fc.constant(1), host, which: few })),
    weighted(3, fc.record({ do: fc.constantFrom('follow', 'follow', 'unfollow', 'mute', 'unmute'), ...pair })),
    weighted(3, record('deliver as', { ...pair, delivery: fc.constantFrom(...deliveries) })),
    weighted(
      3,
      fc.record({ do: fc.constantFrom('connect', 'connect', 'disconnect', 'read'), who: fc.constant(0), host }),
    ),
    weighted(12, record('step', { which: few, times: fc.integer({ min: 1, max: 4 }) })),
    weighted(12, record('step', { which: few, times: fc.constant(60) })),
    weighted(8, record('stream', { which: few, host, again: fc.constant(false) })),
    weighted(3, record('pass', { ms: fc.oneof(fc.nat(3 * SECOND), fc.nat(90 * SECOND)) })),
  ) as fc.Arbitrary<Command>;
  return fc.record({
    clocks,
    seed: fc.nat(),
    edges: fc.constantFrom<[number, number][]>([], [[0, 1]]),
    commands: fc.array(commands, { minLength: 15, maxLength: 60, size: 'max' }),
    last: fc.constant({ host: 0, sizes: [5] }),
  });
};
