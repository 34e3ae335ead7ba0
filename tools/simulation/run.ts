import { AWS_RULES } from '../../local/aws/dynamodb/rules.ts';
import type { Item } from '../../src/table/table.ts';
import {
  checkDerived,
  checkPages,
  checkSentOnce,
  checkStored,
  checkViews,
  type Finding,
  ReferenceModel,
} from './checks.ts';
import { Cloud } from './cloud.ts';
import { checkConversations, checkReceivedMessages } from './conversation-checks.ts';
import { Faults } from './faults.ts';
import { frameText } from './frame-text.ts';
import { History } from './history.ts';
import { Person } from './person.ts';
import type { Plan } from './plan-types.ts';
import { stepText } from './step-text.ts';
import type { Step } from './steps.ts';
import { clockText, Trace, type TraceEntry } from './trace.ts';
import type { Violation } from './violations.ts';
import { VirtualTime } from './virtual-time.ts';
import { worldOf } from './world.ts';

/** The virtual time at which every run begins. Any value is possible. */
export const START = Date.parse('2026-01-05T08:00:00.000Z');
const MINUTE = 60_000;
/** A request and its answer. */
const ON_ITS_WAY_MS = 5_000;
/** How long people have to sign up and to follow, before the first step. */
export const SIGN_UP_MS = MINUTE;
/**
 * How long clients have to repair what was broken: two rounds of their own checks, which are ten minutes apart. Whoever is
 * done before may rest.
 */
const REPAIR_MS = [5 * MINUTE, 7 * MINUTE, 10 * MINUTE];
/** How long the reading of all pages may take. */
const PAGES_MS = 10 * MINUTE;
const RETENTION_MS = 30 * 24 * 60 * MINUTE;

export interface Report {
  seed: number;
  theme: string;
  violations: Violation[];
  hash: string;
  counts: History['counts'];
  usage: History['usage'];
  trace: TraceEntry[];
  /** Milliseconds of the machine's time. */
  tookMs: number;
}

/** Runs a plan from its start until everything has come to rest, and checks every invariant. */
export const run = async (plan: Plan, { isTraced = false, time = new VirtualTime(START) } = {}): Promise<Report> => {
  const begun = process.hrtime.bigint();
  const trace = new Trace(time.now, isTraced);
  const owners = new Map<string, string>();
  // A plan's time begins when everybody has signed up. It does not count a `leap`.
  let leaptMs = 0;
  const planTime = (at: number) => at - START - SIGN_UP_MS - leaptMs;
  const sinceStart = () => planTime(time.now());
  const random = worldOf(time, plan.seed, 'faults').random;
  const faults = new Faults(plan, sinceStart, random, (id) => owners.get(id));
  const windows = plan.steps.filter((step) => 'until' in step);
  const { conditions } = plan;
  const isOverlapping = (step: Step & { until: number }, from: number) =>
    step.until + MINUTE > planTime(from) && step.at < sinceStart();
  const isScarce = conditions.tableWrites < 1_000 || conditions.keyWrites < 100 || conditions.concurrency < 1_000;
  const history = new History({
    now: time.now,
    trace,
    clockSkewMs: conditions.clockSkewMs,
    // The person waits for an answer that is lost. That request may have read before the deletion.
    onItsWayMs: ON_ITS_WAY_MS + (conditions.answerLost > 0 ? AWS_RULES.requestTimeoutMs : 0),
    isScarce,
    isExcused: (person, author, from) =>
      conditions.tableFails + conditions.answerLost + conditions.pushFails > 0 ||
      isScarce ||
      windows.some((step) => {
        if (!('until' in step) || !isOverlapping(step, from)) return false;
        if (step.fault === 'push_throttled' || step.fault === 'push_hangs') return step.person === person;
        if (step.fault === 'push_lost') return step.person === person && (author === '' || step.author === author);
        return true;
      }),
    mayFail: () =>
      conditions.tableFails + conditions.answerLost > 0 ||
      // A full table answers 503, and the client tries again.
      conditions.tableWrites < 1_000 ||
      conditions.concurrency < 1_000 ||
      windows.some((step) => 'until' in step && step.fault === 'crashes' && isOverlapping(step, time.now() - MINUTE)),
  });
  const cloud = new Cloud({
    plan,
    time,
    trace,
    faults,
    onPush: (id, frame) => {
      trace.add(owners.get(id) ?? id, `is pushed ${frame.length} characters`, () => `: ${frameText(frame)}`);
      history.pushed(owners.get(id) ?? id, frame);
    },
    onUsage: (route, units, limit) => history.used(route, units, limit),
  });
  const people = plan.people.map(
    (person) =>
      new Person({
        plan: person,
        cloud,
        history,
        time,
        trace,
        random: worldOf(time, plan.seed, person.name).random,
        tokenMs: conditions.tokenMs,
        onSocket: (id, owner) => owners.set(id, owner),
      }),
  );
  await cloud.mapping.start();
  await settle(people, time, plan);
  cloud.database.begin();
  const byName = new Map(people.map((person) => [person.name, person]));
  for (const step of plan.steps) {
    await time.runUntil(time.now() + step.at - sinceStart());
    if ('action' in step) byName.get(step.person)?.do(step.action);
    else
      trace.add(
        'fault',
        stepText(step, (at) => clockText(time.now() - START + at - step.at)),
      );
    if ('fault' in step && step.fault === 'split') cloud.stream.split();
    if ('fault' in step && step.fault === 'restart') await cloud.restartMapping();
    if ('fault' in step && step.fault === 'leap') {
      time.leap(step.ms);
      leaptMs += step.ms;
      for (const { devices } of people) for (const { device } of devices) device.disturb();
    }
  }
  await time.runUntil(time.now() + plan.minutes * MINUTE - sinceStart());
  faults.isOver = true;
  cloud.database.endFaults();
  trace.add('fault', 'all faults are over');
  const finished = { people, cloud, history, time, plan };
  let findings: Finding[] = [];
  for (const ms of REPAIR_MS) {
    await time.runUntil(time.now() + ms);
    findings = checkState(finished);
    if (findings.length === 0 && cloud.mapping.underWay === 0) break;
  }
  const readers = people.map(({ api }) => api);
  const pages = checkPages(new ReferenceModel(cloud.database.items(), time.now()), readers);
  const conversations = checkConversations(history.conversations, readers);
  await time.runUntilDone(Promise.all([pages, conversations]), time.now() + PAGES_MS);
  for (const { code, detail } of [...findings, ...(await pages), ...(await conversations)])
    history.violate(code, detail);
  for (const person of people) for (const { app } of person.devices) app?.close();
  void cloud.mapping.stop();
  await time.runUntil(time.now() + MINUTE);
  return {
    seed: plan.seed,
    theme: plan.theme,
    violations: history.violations.all,
    hash: trace.digest(),
    counts: history.counts,
    usage: history.usage,
    trace: trace.entries,
    tookMs: Number(process.hrtime.bigint() - begun) / 1e6,
  };
};

/** Everybody has a profile, and follows those whom the plan names, before the first step. */
const settle = async (people: Person[], time: VirtualTime, plan: Plan): Promise<void> => {
  for (const person of people) void person.api.call('PUT /users/me', { body: { bio: 'simulated' } });
  await time.runUntil(START + MINUTE / 4);
  plan.people.forEach(({ follows }, at) => {
    for (const other of follows) people[at]?.do({ kind: 'follow', other });
  });
  await time.runUntil(START + SIGN_UP_MS);
};

interface Finished {
  people: Person[];
  cloud: Cloud;
  history: History;
  time: VirtualTime;
  plan: Plan;
}

/** Compares the contents of the table and of the devices with the reference model. */
const checkState = ({ people, cloud, history, time, plan }: Finished): Finding[] => {
  const items: Item[] = cloud.database.items();
  const model = new ReferenceModel(items, time.now());
  const lost = plan.steps.filter((step) => 'fault' in step && step.fault === 'push_lost');
  const views = people.flatMap(({ name, devices }) =>
    devices.flatMap(({ app, device }) => {
      if (!app) return [];
      return [{ person: name, device: device.name, devices: devices.length, app }];
    }),
  );
  return [
    ...cloud.failures.map((detail) => ({ code: 'failure_bucket', detail })),
    ...checkStored(model, history),
    ...checkSentOnce(model, history),
    ...checkDerived(items, time.now(), RETENTION_MS),
    ...checkReceivedMessages(history.conversations, views, plan.conditions.clockSkewMs),
    ...checkViews(model, views, (person, channel, author) => {
      if (channel !== 'timeline' && history.barred.has(`${person} ${author}`)) return true;
      // The client can't notice a lost change on a topic, which lacks numbers by right, nor the first lost changes of an author on `all`.
      const isLost = (step: Step) => 'author' in step && step.person === person && step.author === author;
      return (channel === 'all' || channel.startsWith('topic:')) && lost.some(isLost);
    }),
  ];
};
