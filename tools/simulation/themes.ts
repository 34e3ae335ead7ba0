import type { Action, RunConditions } from './steps.ts';

/** The main subject of a seed. Each theme also has some steps of the others. */
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
  'absence',
] as const;
export type Theme = (typeof THEMES)[number];

const MINUTE = 60_000;
/** A client hands over to its next connection before API Gateway's limit of two hours. */
const HANDOVER_MINUTES = 122;

/** Virtual minutes of a theme that needs more than the default. */
export const minutesOf = (theme: Theme, usual: number): number =>
  theme === 'handover' ? Math.max(usual, HANDOVER_MINUTES) : usual;

/** AWS's own limits, and no fault but the one that is always there: `$disconnect` is best effort. */
export const NORMAL_CONDITIONS: RunConditions = {
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
  streamRepeats: 0,
  concurrency: 1_000,
  requestsPerSecond: 10_000,
  pageSize: 8,
  width: 4,
  writesPerSecond: 0,
  channels: [],
};

/** The fault rates and limits of a theme. */
export const conditionsOf = (theme: Theme, random: () => number): RunConditions => {
  const some = (rate: number, share = 0.5) => (random() < share ? rate : 0);
  const base: RunConditions = {
    ...NORMAL_CONDITIONS,
    clockSkewMs: some(15_000),
    tableFails: some(0.003, 0.3),
    answerLost: some(0.002, 0.3),
    pushFails: some(0.02, 0.4),
    shards: 1 + Math.floor(random() * 4),
    streamRepeats: some(0.05),
  };
  switch (theme) {
    case 'storm':
      return { ...base, tableWrites: 100, writesPerSecond: 50 };
    case 'crowd':
      return { ...base, tableFails: 0, answerLost: 0, keyWrites: 10 };
    case 'handover':
      return { ...NORMAL_CONDITIONS, shards: 1, tokenMs: 24 * 60 * MINUTE };
    case 'popular':
      return { ...base, tableFails: 0, answerLost: 0 };
    case 'crashes':
      return { ...base, tableFails: 0.01, answerLost: 0.01, concurrency: random() < 0.5 ? 12 : 1_000 };
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

/** Private messages are planned by `conversationStepsOf`, in plan.ts. */
export type Rates = Record<Exclude<Action['kind'], 'message' | 'readConversation' | 'leaveGroup'>, number>;

/** How often people do each kind of action. */
export const ratesOf = (theme: Theme): Rates => {
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
