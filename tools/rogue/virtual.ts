import { faultlessCloud } from '../simulation/faultless-cloud.ts';
import { VirtualTime } from '../simulation/virtual-time.ts';
import { percentile } from '../support/measure.ts';

const START = Date.parse('2026-01-05T08:00:00.000Z');
const OTHERS = 20;
const HOUR = 3_600_000;

export interface RogueReport {
  /** Of the requests of everybody else, in milliseconds. */
  p50: number;
  p99: number;
  others: Record<number, number>;
  rogue: Record<number, number>;
}

/**
 * An account by AWS's rules, in which twenty people post and read, and one posts far more.
 * @param perSecond how often the one posts; 0: there is nobody like that
 */
export const virtualRogue = async (perSecond: number, seconds: number): Promise<RogueReport> => {
  const time = new VirtualTime(START);
  const cloud = faultlessCloud({ time, seed: 1 });
  cloud.database.begin();
  await cloud.mapping.start();
  const times: number[] = [];
  const report: Pick<RogueReport, 'others' | 'rogue'> = { others: {}, rogue: {} };
  const ask = async (name: string, route: string, body?: object): Promise<void> => {
    const claims = { iss: 'https://login.example', sub: name, username: name };
    const begun = time.now();
    const request = { route, claims, sourceAddress: '203.0.113.1', tokenUntil: START + HOUR };
    const { status } = await cloud.http.request({ ...request, ...(body && { body }) });
    const counts = name === 'rogue' ? report.rogue : report.others;
    counts[status] = (counts[status] ?? 0) + 1;
    if (name !== 'rogue') times.push(time.now() - begun);
  };
  const people = Array.from({ length: OTHERS }, (_, at) => `person_${at}`);
  for (const name of [...people, 'rogue']) void ask(name, 'GET /users/me');
  await time.runUntil(START + 10_000);
  times.length = 0;
  const beginsAt = time.now();
  for (const [at, name] of people.entries()) {
    for (let ms = (at * 2_500) / OTHERS; ms < seconds * 1_000; ms += 2_500) {
      time.after(ms, () => void ask(name, 'POST /thoughts', { text: 'hello' }));
      time.after(ms + 1_000, () => void ask(name, 'GET /timeline'));
    }
  }
  for (let shot = 0; shot < perSecond * seconds; shot++) {
    time.after((shot * 1_000) / perSecond, () => void ask('rogue', 'POST /thoughts', { text: 'me' }));
  }
  await time.runUntil(beginsAt + seconds * 1_000 + 30_000);
  void cloud.mapping.stop();
  await time.runUntil(time.now() + 60_000);
  return { p50: percentile(times, 50), p99: percentile(times, 99), ...report };
};
