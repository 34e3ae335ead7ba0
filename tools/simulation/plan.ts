import { seededRandom } from '../../local/faults/random.ts';
import { actionOf, TOPICS, weighted } from './actions.ts';
import { addressesOf } from './addresses.ts';
import { burstsOf } from './bursts.ts';
import { faultsOf } from './fault-windows.ts';
import type { Person, Plan } from './plan-types.ts';
import type { Action, Step } from './steps.ts';
import { changedForTheme } from './theme-changes.ts';
import { conditionsOf, minutesOf, ratesOf, THEMES, type Theme } from './themes.ts';

const MINUTE = 60_000;
const CONVERSATIONS_SALT = 0x7a1c5;
const KEYS_SALT = 0x51e77;
/** The share of posts without an Idempotency-Key, and of them those whose answer gets lost. */
const KEYLESS = 0.15;
const ANSWER_LOST = 0.3;
/** Names that a person may have and that a careless program trips over. */
const STRANGE_NAMES = ['__', '0x', 'valueof', 'has_own'];

export interface PlanOptions {
  people?: number;
  /** Virtual minutes of activity; a theme may need more. */
  minutes?: number;
  /** The theme to use instead of the seed's own. */
  theme?: Theme;
}

/** Makes the plan of a seed: its people, their actions, and the faults. */
export const planOf = (
  seed: number,
  { people: count = 30, minutes: usual = 10, theme: wanted }: PlanOptions = {},
): Plan => {
  const random = seededRandom(seed * 2_654_435_761);
  const theme = wanted ?? THEMES[seed % THEMES.length] ?? 'everyday';
  const minutes = minutesOf(theme, usual);
  const names = Array.from({ length: count }, (_, at) => STRANGE_NAMES[at - 3] ?? `person${at}`);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  /** The first names are the popular ones: a power law. */
  const popular = () => names[Math.floor(count * random() ** 3)] ?? 'person0';
  const conditions = conditionsOf(theme, random);
  const people = names.map((name, at): Person => {
    const follows = new Set(Array.from({ length: 2 + Math.floor(random() * 6) }, popular));
    follows.delete(name);
    const channels =
      random() < 0.4 ? [pick(['all', ...TOPICS.map((topic) => `topic:${topic}`), `author:${popular()}`])] : [];
    const devices = theme === 'tabs' && random() < 0.1 ? 21 : 1 + Math.floor(random() * 2);
    return { name, devices, addresses: addressesOf(at, devices), follows: [...follows], channels };
  });
  const end = minutes * MINUTE;
  const steps: Step[] = [];
  const at = () => Math.floor(random() * end);
  const does = (person: string, action: Action, time = at()) => steps.push({ at: time, person, action });
  for (const { name, devices } of people) {
    for (let device = 0; device < devices; device++) {
      if (random() < 0.8) does(name, { kind: 'open', device }, Math.floor(random() * 20_000));
    }
  }
  const rates = ratesOf(theme);
  const total = Math.round(usual * count * (theme === 'handover' ? 0.3 : 0.6));
  for (let step = 0; step < total; step++) {
    const person = random() < 0.5 ? popular() : pick(names);
    const others = names.filter((name) => name !== person);
    const device = Math.floor(random() ** 2 * (people.find(({ name }) => name === person)?.devices ?? 1));
    const kind = weighted(rates, random);
    does(person, actionOf(kind, { random, pick, others, popular: () => popularBut(person, popular, others), device }));
  }
  const parts = { random, names, end, popular };
  steps.push(...faultsOf(theme, parts), ...burstsOf(theme, parts), ...conversationStepsOf(names, end, seed));
  const sorted = someWithoutKey(steps, seed).sort((a, b) => a.at - b.at);
  const plan = { seed, theme, minutes, people, conditions, steps: sorted };
  return changedForTheme(plan, random);
};

/** Some posts have no Idempotency-Key. They have their own random numbers, so that they change nothing else in the plan. */
const someWithoutKey = (steps: Step[], seed: number): Step[] => {
  const random = seededRandom(seed ^ KEYS_SALT);
  return steps.map((step) => {
    if (!('action' in step) || step.action.kind !== 'post' || random() >= KEYLESS) return step;
    const keyless = random() < ANSWER_LOST ? 'answer_lost' : 'answered';
    return { ...step, action: { ...step.action, keyless } };
  });
};

/** Private messages among small groups of people, whom some leave. They have their own random numbers, so that they change nothing else in the plan. */
const conversationStepsOf = (names: string[], end: number, seed: number): Step[] => {
  const random = seededRandom(seed ^ CONVERSATIONS_SALT);
  const pick = () => names[Math.floor(random() * names.length)] ?? '';
  const circles = Array.from({ length: Math.ceil(names.length / 5) }, () => [...new Set([pick(), pick(), pick()])]);
  const told = Array.from({ length: 2 * names.length }, (): Step => {
    const circle = circles[Math.floor(random() * circles.length)] ?? [];
    const first = Math.floor(random() * circle.length);
    const [person = '', ...others] = [...circle.slice(first), ...circle.slice(0, first)];
    const isMessage = others.length > 0 && random() < 0.7;
    const action: Action = isMessage ? { kind: 'message', others } : { kind: 'readConversation', pick: random() };
    return { at: Math.floor(random() * end), person, action };
  });
  const left = Array.from({ length: Math.ceil(names.length / 6) }, (): Step => {
    const person = pick();
    return { at: Math.floor((0.3 + random() * 0.6) * end), person, action: { kind: 'leaveGroup', pick: random() } };
  });
  return [...told, ...left];
};

const popularBut = (person: string, popular: () => string, others: string[]): string => {
  const name = popular();
  return name === person ? (others[0] ?? name) : name;
};
