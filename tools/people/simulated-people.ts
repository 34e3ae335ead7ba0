import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../local/faults/random.ts';
import type { Stack } from '../../local/stack.ts';
import { Api } from '../support/api.ts';
import { type Act, nextAct, pauseMs } from './plan.ts';
import { NAMES } from './words.ts';

export const MAX_PEOPLE = 100;
/** How many others each person follows at the start. */
const FIRST_FOLLOWS = 5;
const LIST_LIMIT = 20;
const FIRST_PAUSE_MS = 10_000;

interface Seen {
  author: string;
  id: string;
}

/** Simulated people who post, reply, react and follow at the pace of real users, over the public API. The same seed does the same. */
export class SimulatedPeople {
  readonly #stack: Stack;
  readonly #seed: number;
  readonly #report: (message: string) => void;
  readonly #ended = new AbortController();

  constructor(stack: Stack, seed: number, report: (message: string) => void) {
    this.#stack = stack;
    this.#seed = seed;
    this.#report = report;
  }

  /** Logs in this many people, one after the other. Each is active until `stop`. */
  async start(count: number): Promise<void> {
    const names = Array.from({ length: count }, (_, at) => nameAt(at));
    const people: Api[] = [];
    for (const name of names) {
      const person = await Api.login(this.#stack, name);
      await person.must('PUT', '/users/me', { name: name[0]?.toUpperCase() + name.slice(1) });
      people.push(person);
    }
    for (const [at, person] of people.entries()) {
      for (const name of neighbours(names, at)) await person.follow(name);
    }
    for (const [at, person] of people.entries()) void this.#live(person, seededRandom(this.#seed * MAX_PEOPLE + at));
  }

  stop(): void {
    this.#ended.abort();
  }

  async #live(person: Api, random: () => number): Promise<void> {
    const { signal } = this.#ended;
    try {
      // The people start at different moments.
      await sleep(random() * FIRST_PAUSE_MS, undefined, { signal });
      while (!signal.aborted) {
        const act = nextAct(random);
        await this.#do(person, act).catch((error: Error) => this.#report(`${person.username}: ${error.message}`));
        await sleep(pauseMs(random), undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) this.#report(`${person.username} has left: ${error}`);
    }
  }

  async #do(person: Api, act: Act): Promise<void> {
    if (act.kind === 'post') {
      await person.post(act.text);
      return;
    }
    const { body } = await person.must('GET', `/thoughts?limit=${LIST_LIMIT}`);
    const others = (body.items as Seen[]).filter(({ author }) => author !== person.username);
    const chosen = others[Math.floor(act.at * others.length)];
    if (!chosen) return;
    if (act.kind === 'reply') await person.post(act.text, { inReplyTo: { author: chosen.author, id: chosen.id } });
    if (act.kind === 'follow') await person.follow(chosen.author);
    if (act.kind === 'react') {
      await person.must('PUT', `/users/${chosen.author}/thoughts/${chosen.id}/reaction`, { kind: act.reaction });
    }
  }
}

/** The name of the nth person: from the list first, then from the list with numbers. */
const nameAt = (at: number): string => {
  const round = Math.floor(at / NAMES.length);
  return `${NAMES[at % NAMES.length]}${round === 0 ? '' : round + 1}`;
};

/** Up to FIRST_FOLLOWS other people, spread over the list. */
const neighbours = (names: string[], at: number): string[] => {
  const others = [...names.slice(at + 1), ...names.slice(0, at)];
  const step = Math.max(1, Math.floor(others.length / FIRST_FOLLOWS));
  return others.filter((_, place) => place % step === 0).slice(0, FIRST_FOLLOWS);
};
