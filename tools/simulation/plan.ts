import { seededRandom } from '../../local/faults/random.ts';
import { actionOf, TOPICS, weighted } from './actions.ts';
import { faultsOf } from './fault-windows.ts';
import { scenesOf } from './scenes.ts';
import { staged } from './stagings.ts';
import { minutesOf, ratesOf, THEMES, type Theme, weatherOf } from './themes.ts';

/** What a person does. `pick` is in [0, 1) and chooses among what there is when its time has come. */
export type Action =
  | { kind: 'post'; topic?: string; replyPick?: number; expiresIn?: number }
  | { kind: 'edit'; pick: number }
  | { kind: 'delete'; pick: number }
  | { kind: 'react'; pick: number }
  | { kind: 'follow' | 'unfollow' | 'mute' | 'unmute' | 'block' | 'unblock'; other: string }
  | { kind: 'read'; list: 'timeline' | 'all' | 'topic' | 'author'; pick: number; limit: number }
  | { kind: 'open' | 'close' | 'cut' | 'silence'; device: number }
  | { kind: 'offline' | 'sleep'; device: number; ms: number }
  | { kind: 'repost' }
  | { kind: 'tell'; others: string[] }
  | { kind: 'readTalk'; pick: number };

/** An action of a person, or a time in which something is broken. `at` and `until` are milliseconds from the start. */
export type Step =
  | { at: number; person: string; action: Action }
  /** The stream's function is not invoked: records wait, and none fails. */
  | { at: number; until: number; fault: 'stream_lag' }
  /** Every push to one person's connections is throttled. */
  | { at: number; until: number; fault: 'push_throttled'; person: string }
  /** Frames that carry one author's thoughts are accepted and never arrive at one person. */
  | { at: number; until: number; fault: 'push_lost'; person: string; author: string }
  | { at: number; until: number; fault: 'crashes'; rate: number }
  | { at: number; fault: 'split' }
  /** The mapping's poller ends, and another goes on from its last checkpoint. */
  | { at: number; fault: 'restart' }
  /** A time in which nobody does anything passes at once: what was open is closed, and timers ring late. */
  | { at: number; fault: 'leap'; ms: number };

/** How the account is, and what it is allowed. */
export interface Weather {
  /** Units a second of the table, and of one partition key: AWS's limits, scaled to as few people as these. */
  tableWrites: number;
  tableReads: number;
  keyWrites: number;
  keyReads: number;
  replicaLagMs: number;
  /** How likely a request of the table fails, or counts and is not answered. */
  tableFails: number;
  answerLost: number;
  clockSkewMs: number;
  /** How likely a push fails and may be repeated. */
  pushFails: number;
  /** How likely `$disconnect` never comes. */
  noDisconnect: number;
  tokenMs: number;
  shards: number;
  /** How likely a batch of the stream that was done comes again. */
  streamRepeats: number;
  /** Invocations side by side, and requests a second, of the whole account. */
  concurrency: number;
  requestsPerSecond: number;
  pageSize: number;
  writesPerSecond: number;
  channels: string[];
}

export interface Person {
  name: string;
  devices: number;
  /** Whom this person follows from the start. */
  follows: string[];
  channels: string[];
}

/** Everything that one run does; the same plan always makes the same trace. */
export interface Plan {
  seed: number;
  theme: Theme;
  minutes: number;
  people: Person[];
  weather: Weather;
  steps: Step[];
}

const MINUTE = 60_000;
const TALKS_SALT = 0x7a1c5;
/** Names that a person may have and that a careless program trips over. */
const STRANGE_NAMES = ['__', '0x', 'valueof', 'has_own'];

export interface PlanOptions {
  people?: number;
  /** Virtual minutes of activity; a theme may need more. */
  minutes?: number;
  /** This theme, in the place of the one whose turn it is. */
  theme?: Theme;
}

/** A plan for a seed: who is there, what they do, and what breaks. */
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
  const weather = weatherOf(theme, random);
  const people = names.map((name): Person => {
    const follows = new Set(Array.from({ length: 2 + Math.floor(random() * 10) }, popular));
    follows.delete(name);
    const channels =
      random() < 0.4 ? [pick(['all', ...TOPICS.map((topic) => `topic:${topic}`), `author:${popular()}`])] : [];
    const devices = theme === 'tabs' && random() < 0.1 ? 21 : 1 + Math.floor(random() * 2);
    return { name, devices, follows: [...follows], channels };
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
  const scene = { random, names, end, popular };
  steps.push(...faultsOf(theme, scene), ...scenesOf(theme, scene), ...talksOf(names, end, seed));
  const plan = { seed, theme, minutes, people, weather, steps: steps.sort((a, b) => a.at - b.at) };
  return staged(plan, random);
};

/** A few people who talk to each other in private, by chances of their own. */
const talksOf = (names: string[], end: number, seed: number): Step[] => {
  const random = seededRandom(seed ^ TALKS_SALT);
  const pick = () => names[Math.floor(random() * names.length)] ?? '';
  const circles = Array.from({ length: Math.ceil(names.length / 5) }, () => [...new Set([pick(), pick(), pick()])]);
  return Array.from({ length: 2 * names.length }, (): Step => {
    const circle = circles[Math.floor(random() * circles.length)] ?? [];
    const first = Math.floor(random() * circle.length);
    const [person = '', ...others] = [...circle.slice(first), ...circle.slice(0, first)];
    const isTold = others.length > 0 && random() < 0.7;
    const action: Action = isTold ? { kind: 'tell', others } : { kind: 'readTalk', pick: random() };
    return { at: Math.floor(random() * end), person, action };
  });
};

const popularBut = (person: string, popular: () => string, others: string[]): string => {
  const name = popular();
  return name === person ? (others[0] ?? name) : name;
};
