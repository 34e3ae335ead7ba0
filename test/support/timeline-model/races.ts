import fc from 'fast-check';
import type { Delivery } from '../../../src/follows/edge.ts';
import { type Command, type Course, clocks, HOSTS, record, weighted } from './commands.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const host = fc.nat(HOSTS - 1);
const few = fc.nat(3);
const reader = { who: fc.constant(0), host };
const author = { who: fc.constant(1), host };
const pair = { who: fc.constant(0), other: fc.constant(1), host };

const actions = (deliveries: Delivery[]): fc.Arbitrary<Command> =>
  fc.oneof(
    weighted(4, record('post', { ...author, expiresIn: fc.constant(undefined) })),
    weighted(2, fc.record({ do: fc.constantFrom('edit', 'delete'), ...author, which: few })),
    weighted(4, fc.record({ do: fc.constantFrom('follow', 'unfollow', 'mute', 'unmute', 'unmute'), ...pair })),
    weighted(3, record('deliver as', { ...pair, delivery: fc.constantFrom(...deliveries) })),
    weighted(3, fc.record({ do: fc.constantFrom('connect', 'connect', 'disconnect', 'read'), ...reader })),
    weighted(5, record('stream', { which: few, host, again: fc.constant(false) })),
    weighted(1, record('sweep', {})),
    weighted(1, record('pass', { ms: fc.oneof(fc.nat(3 * SECOND), fc.nat(20 * SECOND)) })),
  ) as fc.Arbitrary<Command>;

/** More steps than a request has; a connect is followed by a read. */
const END: Command = { do: 'step', which: 0, times: 200 };

const settle = (withStream: boolean): Command => ({ do: 'settle', withStream });

/** What stands when the race begins: how the edge is, and whether the reader has been connected for long. */
const beginnings = (deliveries: Delivery[]): fc.Arbitrary<Command[]> =>
  fc
    .record({
      delivery: fc.constantFrom(...deliveries),
      isMuted: fc.constantFrom(true, false, false),
      isConnected: fc.boolean(),
      posts: fc.nat(2),
      time: fc.oneof(
        weighted(3, fc.constant({ do: 'pass', ms: 3 * MINUTE })),
        weighted(
          1,
          record('pass to', {
            end: fc.constantFrom('entries', 'retention'),
            which: few,
            ms: fc.integer({ min: -20 * SECOND, max: 20 * SECOND }),
          }),
        ),
      ) as fc.Arbitrary<Command>,
    })
    .map(({ delivery, isMuted, isConnected, posts, time }): Command[] => {
      const between = { who: 0, other: 1, host: 0 };
      const commands: Command[] = [{ do: 'deliver as', ...between, delivery }];
      if (isMuted) commands.push({ do: 'mute', ...between });
      for (let at = 0; at < posts; at++) commands.push({ do: 'post', who: 1, host: 0, expiresIn: undefined });
      if (isConnected) commands.push({ do: 'connect', who: 0, host: 0 });
      // Each begins as the oldest job, which a settling leaves alone; so each is followed by one that ends it.
      return [...commands.flatMap((command): Command[] => [command, { do: 'rest' }]), time];
    });

/** One action is stopped after some of its steps; others take place, whole; then it goes on. */
export const races = (deliveries: Delivery[]): fc.Arbitrary<Course> => {
  const action = actions(deliveries);
  const whole = fc.tuple(action, fc.boolean()).map(([command, withStream]) => [command, settle(withStream)]);
  const stream = record('stream', { which: few, host, again: fc.constant(false) }) as fc.Arbitrary<Command>;
  const stopped = fc
    .tuple(fc.oneof(action, stream), fc.nat(12), fc.array(whole, { minLength: 1, maxLength: 3 }))
    .map(([first, times, others]): Command[] => [first, { do: 'step', which: 0, times }, ...others.flat()]);
  const post: Command = { do: 'post', who: 1, host: 0, expiresIn: undefined };
  const before = fc
    .tuple(fc.constantFrom([post], [post], []), fc.array(action, { maxLength: 1 }))
    .map((some) => some.flat());
  return fc.record({
    clocks,
    seed: fc.nat(),
    edges: fc.constantFrom<[number, number][]>([], [[0, 1]], [[0, 1]]),
    commands: fc.tuple(beginnings(deliveries), before, stopped).map(([start, some, race]): Command[] => [
      ...start,
      // Whole, but for what the stream makes of it.
      ...some.flatMap((command): Command[] => [command, END, END]),
      ...race,
      { do: 'check', host: 0, sizes: [3] },
    ]),
    last: fc.record({ host, sizes: fc.constant([3]) }),
  });
};
