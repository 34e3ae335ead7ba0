import type { Plan } from './plan-types.ts';
import type { Action, Step } from './steps.ts';

const MINUTE = 60_000;
const SECOND = 1_000;
/** How long nobody acts, in the theme of absence: longer than a reader counts as active. Milliseconds. */
const ABSENCE_MS = 40 * 24 * 60 * MINUTE;
/** When in a plan of absence the quiet time begins. */
const LEAP_AT = 5 * MINUTE;
/** No action starts within this time before it, in milliseconds. */
const QUIET_MS = 40 * SECOND;
/** Readers leave when the stream has been late for this long: by then their read positions are past what was posted at its start. */
const LAG_MS = 7 * MINUTE;
/** Longer than a push is retried, and longer than a slow connection gets no retries. */
const THROTTLED_MS = 90 * SECOND;

type Random = () => number;

/** Changes a plan where its theme needs people in certain places at certain times. */
export const changedForTheme = (plan: Plan, random: Random): Plan => {
  const change = { lag: lateEntries, pushes: givenUpTopics, absence: absentReaders, crowd: crowdListeners }[
    plan.theme as string
  ];
  if (!change) return plan;
  const { people, steps } = change(plan, random);
  return { ...plan, people, steps: steps.sort((a, b) => a.at - b.at) };
};

const isBy = (step: Step, names: Set<string>): boolean => 'action' in step && names.has(step.person);

/**
 * An author whom all follow posts while the stream is late, and never again; readers have no network when the entries come
 * in the end. Only the client's resume after its return can bring the thoughts.
 */
const lateEntries = ({ people, steps }: Plan, random: Random): Pick<Plan, 'people' | 'steps'> => {
  const author = people.at(-1)?.name ?? '';
  const at = Math.floor((0.5 + random() * 1.5) * MINUTE);
  const until = at + LAG_MS;
  const readers = people.filter(({ name }) => name !== author && random() < 0.6);
  const post: Action = { kind: 'post' };
  return {
    people: people.map((person) =>
      person.name === author ? person : { ...person, follows: [...new Set([...person.follows, author])] },
    ),
    steps: [
      ...steps.filter((step) => !isBy(step, new Set([author])) && !('fault' in step && step.fault === 'stream_lag')),
      { at, until, fault: 'stream_lag' },
      // Records that were read but not processed must not be lost.
      { at: until - 90 * SECOND, fault: 'restart' },
      ...[5, 20].map((after): Step => ({ at: at + after * SECOND, person: author, action: post })),
      ...readers.flatMap(({ name, devices }) =>
        Array.from({ length: devices }, (_, device): Step => {
          const ms = Math.floor((35 + random() * 30) * SECOND);
          return { at: until - 10 * SECOND, person: name, action: { kind: 'offline', device, ms } };
        }),
      ),
    ],
  };
};

/** People subscribe to a topic on which others post, and all pushes to them fail for longer than pushes are retried. */
const givenUpTopics = ({ people, steps }: Plan, random: Random): Pick<Plan, 'people' | 'steps'> => {
  const topic = 'tea';
  const [readers, authors] = [people.slice(-6, -3), people.slice(-3)];
  const added = readers.flatMap(({ name }, turn): Step[] => {
    const at = Math.floor((1 + turn * 2.5 + random()) * MINUTE);
    const author = authors[turn]?.name ?? '';
    return [
      { at, until: at + THROTTLED_MS, fault: 'push_throttled', person: name },
      { at: at + 10 * SECOND, person: author, action: { kind: 'post', topic } },
    ];
  });
  const isReader = ({ name }: { name: string }) => readers.some((reader) => reader.name === name);
  return {
    people: people.map((person) => {
      if (!isReader(person)) return person;
      const follows = person.follows.filter((name) => !authors.some((author) => author.name === name));
      return { ...person, follows, channels: [`topic:${topic}`] };
    }),
    steps: [...steps.filter((step) => !isBy(step, new Set(authors.map(({ name }) => name)))), ...added],
  };
};

/** Every ninth person listens to `all`, beginning amid the crowd. No number tells them of what they have missed. */
const crowdListeners = ({ people, steps }: Plan): Pick<Plan, 'people' | 'steps'> => ({
  people: people.map((person, at) => (at % 9 === 1 ? { ...person, channels: ['all'] } : person)),
  steps,
});

/** Some devices sleep for weeks; other people post before and after. */
const absentReaders = ({ people, steps }: Plan, random: Random): Pick<Plan, 'people' | 'steps'> => {
  const absent = people.filter(() => random() < 0.4);
  const names = new Set(absent.map(({ name }) => name));
  const leavesAt = LEAP_AT - 2 * MINUTE;
  const returns = new Map(absent.map(({ name }) => [name, LEAP_AT + Math.floor((1 + random() * 3) * MINUTE)]));
  const isAway = (step: Step) =>
    'action' in step && step.at > leavesAt - QUIET_MS && step.at < (returns.get(step.person) ?? 0);
  const isQuiet = ({ at }: Step) => at > LEAP_AT - QUIET_MS && at <= LEAP_AT;
  return {
    people,
    steps: [
      ...steps.filter((step) => !isQuiet(step) && !(isBy(step, names) && isAway(step)) && !('until' in step)),
      ...absent.flatMap(({ name, devices }) =>
        Array.from({ length: devices }, (_, device): Step => {
          const ms = (returns.get(name) ?? 0) - leavesAt + ABSENCE_MS;
          return { at: leavesAt, person: name, action: { kind: 'sleep', device, ms } };
        }),
      ),
      { at: LEAP_AT, fault: 'leap', ms: ABSENCE_MS },
    ],
  };
};
