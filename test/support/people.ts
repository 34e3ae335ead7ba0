import { onTestFinished } from 'vitest';
import type { LiveClient, Options, ThoughtEvent } from '../../client/index.ts';
import type { Stack } from '../../local/stack.ts';
import type { Api } from '../../tools/support/api.ts';
import { waitFor } from '../../tools/support/measure.ts';
import { CheckedApi } from './checked-api.ts';

const WAIT_MS = 15_000;

/** A username that no other test has. */
export const freshName = (base: string): string => `${base}_${crypto.randomUUID().slice(0, 8)}`;

/** A new user with a profile. */
export const newUser = async (stack: Stack, base: string): Promise<Api> => {
  const user = await CheckedApi.login(stack, freshName(base));
  await user.must('PUT', '/users/me', { name: base });
  return user;
};

/** New users with profiles, in the order of the names. */
export const newUsers = async <Bases extends string[]>(stack: Stack, ...bases: Bases) =>
  (await Promise.all(bases.map((base) => newUser(stack, base)))) as { [At in keyof Bases]: Api };

/** What one device hears, through the client that apps use. */
export class Listener {
  readonly events: ThoughtEvent[] = [];
  readonly client: LiveClient;

  private constructor(user: Api, options: Partial<Options>) {
    this.client = user.listen({ ...options, onEvent: (event) => this.events.push(event) });
  }

  /** A device that is live, until the test ends. */
  static async start(user: Api, options: Partial<Options> = {}): Promise<Listener> {
    const listener = new Listener(user, options);
    onTestFinished(() => listener.client.close());
    await waitFor(`${user.username} to be live`, () => listener.client.state === 'live', WAIT_MS);
    return listener;
  }

  /** The events of one author, for on `all` those of other tests are heard too. */
  of({ username }: Api): ThoughtEvent[] {
    return this.events.filter(({ author }) => author === username);
  }

  /** Waits for a change of a thought. */
  async hears(thoughtId: string, type: ThoughtEvent['type'] = 'thought.created'): Promise<ThoughtEvent> {
    const find = () => this.events.find((event) => event.thoughtId === thoughtId && event.type === type);
    await waitFor(`${type} of ${thoughtId}`, () => find() !== undefined, WAIT_MS);
    return find() as ThoughtEvent;
  }
}

interface Listed {
  id: string;
}

/** The ids on a page of a list of thoughts. */
export const idsOf = async (user: Api, path: string): Promise<string[]> =>
  (await user.must('GET', path)).body.items.map(({ id }: Listed) => id);

/** Waits until a list holds a thought. */
export const isListed = (user: Api, path: string, id: string): Promise<void> =>
  waitFor(`${id} in ${path}`, async () => (await idsOf(user, path)).includes(id), WAIT_MS);

/** Where one thought is. */
export const pathOf = ({ author, id }: { author: string; id: string }): string => `/users/${author}/thoughts/${id}`;
