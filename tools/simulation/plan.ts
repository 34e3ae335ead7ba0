import { seededRandom } from '../../local/faults/random.ts';

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
  | { kind: 'repost' };

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
  | { at: number; fault: 'split' };

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

/** What a seed is mostly about. Each draws on all of the others a little. */
export const THEMES = [
  'everyday',
  'storm',
  'popular',
  'lag',
  'network',
  'pushes',
  'relations',
  'deletions',
  'login',
  'tabs',
  'crashes',
  'hidden',
  'crowd',
  'handover',
] as const;
export type Theme = (typeof THEMES)[number];

const MINUTE = 60_000;
/** A client hands over to its next connection before API Gateway's limit of two hours. */
const HANDOVER_MINUTES = 122;
const TOPICS = ['aws', 'cats', 'tea'];
/** Names that a person may have and that a careless program trips over. */
const STRANGE_NAMES = ['constructor', '__proto__', 'valueof', 'has_own'];

const CALM: Weather = {
  tableWrites: 4_000,
  tableReads: 12_000,
  keyWrites: 1_000,
  keyReads: 3_000,
  replicaLagMs: 2_000,
  tableFails: 0,
  answerLost: 0,
  clockSkewMs: 0,
  pushFails: 0,
  noDisconnect: 0.1,
  tokenMs: 60 * MINUTE,
  shards: 2,
  pageSize: 8,
  writesPerSecond: 0,
  channels: [],
};

const weatherOf = (theme: Theme, random: () => number): Weather => {
  const some = (rate: number, share = 0.5) => (random() < share ? rate : 0);
  const base: Weather = {
    ...CALM,
    clockSkewMs: some(15_000),
    tableFails: some(0.003, 0.3),
    answerLost: some(0.002, 0.3),
    pushFails: some(0.02, 0.4),
    shards: 1 + Math.floor(random() * 4),
  };
  switch (theme) {
    case 'storm':
      return { ...base, tableWrites: 400, writesPerSecond: 200 };
    case 'crowd':
      return { ...base, tableFails: 0, answerLost: 0, keyWrites: 20 };
    case 'handover':
      return { ...CALM, shards: 1, tokenMs: 24 * 60 * MINUTE };
    case 'popular':
      return { ...base, tableFails: 0, answerLost: 0 };
    case 'crashes':
      return { ...base, tableFails: 0.01, answerLost: 0.01 };
    case 'pushes':
      return { ...base, pushFails: 0.1 };
    case 'login':
      return { ...base, tokenMs: (3 + random() * 4) * MINUTE };
    case 'everyday':
      return { ...base, tableFails: 0, answerLost: 0, pushFails: 0 };
    default:
      return base;
  }
};

/** A plan for a seed: who is there, what they do, and what breaks. */
export const planOf = (seed: number, { people: count = 30, minutes: usual = 10 } = {}): Plan => {
  const random = seededRandom(seed * 2_654_435_761);
  const theme = THEMES[seed % THEMES.length] ?? 'everyday';
  const minutes = theme === 'handover' ? Math.max(usual, HANDOVER_MINUTES) : usual;
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
  steps.push(...faultsOf(theme, { random, names, end, popular }));
  steps.push(...scenesOf(theme, { random, names, end, popular }));
  return { seed, theme, minutes, people, weather, steps: steps.sort((a, b) => a.at - b.at) };
};

const popularBut = (person: string, popular: () => string, others: string[]): string => {
  const name = popular();
  return name === person ? (others[0] ?? name) : name;
};

type Rates = Record<Action['kind'], number>;

const ratesOf = (theme: Theme): Rates => {
  const base: Rates = {
    post: 30,
    edit: 5,
    delete: 4,
    react: 5,
    follow: 4,
    unfollow: 2,
    mute: 1,
    unmute: 1,
    block: 0.5,
    unblock: 0.5,
    read: 8,
    open: 3,
    close: 2,
    cut: 2,
    silence: 1,
    offline: 1,
    sleep: 1,
    repost: 1,
  };
  switch (theme) {
    case 'everyday':
      return { ...base, cut: 0.2, silence: 0, offline: 0.2, sleep: 0.2 };
    case 'network':
      return { ...base, cut: 8, silence: 8, offline: 6, sleep: 6 };
    case 'relations':
      return { ...base, follow: 12, unfollow: 10, mute: 6, unmute: 4, block: 4, unblock: 2 };
    case 'deletions':
      return { ...base, delete: 16, edit: 8, repost: 6 };
    case 'popular':
      return { ...base, react: 20 };
    default:
      return base;
  }
};

const weighted = (rates: Rates, random: () => number): Action['kind'] => {
  const entries = Object.entries(rates) as [Action['kind'], number][];
  let left = random() * entries.reduce((sum, [, rate]) => sum + rate, 0);
  for (const [kind, rate] of entries) if ((left -= rate) < 0) return kind;
  return 'post';
};

interface Choices {
  random: () => number;
  pick: <T>(list: readonly T[]) => T;
  others: string[];
  popular: () => string;
  device: number;
}

const actionOf = (kind: Action['kind'], { random, pick, others, popular, device }: Choices): Action => {
  switch (kind) {
    case 'post':
      return {
        kind,
        ...(random() < 0.3 && { topic: pick(TOPICS) }),
        ...(random() < 0.15 && { replyPick: random() }),
        ...(random() < 0.05 && { expiresIn: 60 + Math.floor(random() * 240) }),
      };
    case 'edit':
    case 'delete':
    case 'react':
      return { kind, pick: random() };
    case 'follow':
      return { kind, other: popular() };
    case 'unfollow':
    case 'mute':
    case 'unmute':
    case 'block':
    case 'unblock':
      return { kind, other: random() < 0.7 ? popular() : pick(others) };
    case 'read':
      return { kind, list: pick(['timeline', 'all', 'topic', 'author']), pick: random(), limit: pick([1, 5, 20, 100]) };
    case 'offline':
    case 'sleep':
      return { kind, device, ms: Math.floor(random() * 4 * MINUTE) };
    case 'repost':
      return { kind };
    default:
      return { kind, device };
  }
};

interface Scene {
  random: () => number;
  names: string[];
  end: number;
  popular: () => string;
}

const faultsOf = (theme: Theme, { random, names, end, popular }: Scene): Step[] => {
  const steps: Step[] = [];
  const window = (least: number, most: number) => {
    const at = Math.floor(random() * (end - most * 0.5));
    return { at, until: at + Math.floor(least + random() * (most - least)) };
  };
  const any = () => names[Math.floor(random() * names.length)] ?? '';
  if (theme === 'lag') steps.push({ ...window(3 * MINUTE, 5 * MINUTE), fault: 'stream_lag' });
  if (theme === 'crashes') steps.push({ ...window(2 * MINUTE, 6 * MINUTE), fault: 'crashes', rate: 0.004 });
  const throttled = theme === 'pushes' ? 6 : random() < 0.3 ? 1 : 0;
  for (let at = 0; at < throttled; at++) {
    steps.push({ ...window(8_000, 40_000), fault: 'push_throttled', person: any() });
  }
  const lost = theme === 'pushes' || theme === 'network' ? 8 : random() < 0.3 ? 1 : 0;
  for (let at = 0; at < lost; at++) {
    steps.push({ ...window(10_000, 90_000), fault: 'push_lost', person: any(), author: popular() });
  }
  for (let at = 0; at < 2; at++) if (random() < 0.5) steps.push({ at: Math.floor(random() * end), fault: 'split' });
  return steps;
};

/** Bursts that chance alone would hardly bring together. */
const scenesOf = (theme: Theme, { random, names, end, popular }: Scene): Step[] => {
  const steps: Step[] = [];
  const start = Math.floor(random() * end * 0.6);
  const star = names[0] ?? '';
  if (theme === 'storm') {
    // A fan-out that waits for two minutes, and then all comes at once.
    steps.push({ at: start, until: start + 120_000, fault: 'stream_lag' });
    for (let at = 0; at < 300; at++) {
      steps.push({ at: start + at * 400, person: popular(), action: { kind: 'post' } });
    }
  }
  if (theme === 'crowd') {
    // No author writes much, and all together do.
    for (let at = 0; at < 400; at++) {
      steps.push({ at: start + at * 25, person: names[at % names.length] ?? star, action: { kind: 'post' } });
    }
  }
  if (theme === 'handover') {
    for (const person of names) {
      if (random() < 0.5) continue;
      const at = (110 + random() * 10) * MINUTE;
      steps.push({ at: Math.floor(at), person, action: { kind: 'silence', device: 0 } });
    }
    for (let at = 0; at < 150; at++) {
      const action = { kind: random() < 0.8 ? 'post' : 'edit', topic: 'cats', pick: random() } as const;
      steps.push({ at: Math.floor((108 + random() * 14) * MINUTE), person: popular(), action });
    }
  }
  if (theme === 'popular') {
    steps.push({ at: start, person: star, action: { kind: 'post', topic: 'aws' } });
    for (let at = 0; at < 1_200; at++) {
      const person = names[at % names.length] ?? star;
      steps.push({ at: start + 3_000 + at, person, action: { kind: 'react', pick: 0.999 } });
    }
    for (let at = 0; at < 40; at++) {
      const person = names[at % names.length] ?? star;
      steps.push({ at: start + 20_000 + at * 40, person, action: { kind: 'post', replyPick: 0.999 } });
    }
  }
  if (theme === 'deletions') {
    for (let at = 0; at < 12; at++) {
      steps.push({ at: start + at * 4_000, person: star, action: { kind: 'post' } });
      steps.push({ at: start + at * 4_000 + 200, person: star, action: { kind: 'delete', pick: 0.999 } });
    }
    steps.push({ at: start, until: start + 60_000, fault: 'stream_lag' });
  }
  if (theme === 'hidden') {
    const person = names[1] ?? star;
    for (let at = 0; at < 400; at++) {
      steps.push({ at: start + at * 50, person, action: { kind: 'post', topic: 'cats', expiresIn: 60 } });
    }
    for (let at = 0; at < 6; at++) {
      const list = at % 2 ? 'all' : 'topic';
      steps.push({ at: end - 20_000 + at * 1_000, person: star, action: { kind: 'read', list, pick: 0.4, limit: 1 } });
    }
  }
  return steps;
};
