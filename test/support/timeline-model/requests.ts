import type { Thought } from '../../../src/thoughts/thought.ts';
import type { Clients } from './clients.ts';
import { type Command, USERS } from './commands.ts';
import type { Host } from './hosts.ts';
import type { Jobs } from './jobs.ts';

const DAY = 86_400_000;
/** serverless.yml: an HTTP or WebSocket invocation ends after this. */
const REQUEST_MS = 10_000;

/** What requests need of the stack that they are sent to. */
interface Around {
  readonly now: number;
  host(at: number): Host;
  thoughts(): Thought[];
}

/** What people and their clients ask of the functions, each a job that others overtake. */
export class Requests {
  readonly #world: Around;
  readonly #jobs: Jobs;
  readonly #clients: Clients;
  #connections = 0;

  constructor(world: Around, jobs: Jobs, clients: Clients) {
    this.#world = world;
    this.#jobs = jobs;
    this.#clients = clients;
  }

  request(name: string, work: () => Promise<unknown>, onDone?: () => void | Promise<void>, isRepeated = false) {
    const job = { name, deadline: this.#world.now + REQUEST_MS, isRepeated, ...(onDone && { onDone }) };
    return this.#jobs.begin(job, work);
  }

  async changeEdge(command: Extract<Command, { other: number }>): Promise<void> {
    const [user, other] = [USERS[command.who] ?? '', USERS[command.other] ?? ''];
    if (user === other) return;
    const { blocks, follows, advisor } = this.#world.host(command.host);
    const { do: name } = command;
    if (name === 'follow') {
      return this.request(name, async () => follows.follow(user, other, await advisor.forNew(user, other)));
    }
    if (name === 'unfollow') return this.request(name, () => follows.unfollow(user, other));
    if (name === 'mute') return this.request(name, () => follows.setMuted(user, other, true));
    // Whoever unmutes knows of it, tries until it is done, and reads anew.
    const readAnew = () => this.readAnew(user, command.host);
    if (name === 'unmute') return this.request(name, () => follows.setMuted(user, other, false), readAnew, true);
    if (name === 'block') return this.request(name, () => blocks.block(user, other));
    if (name === 'unblock') return this.request(name, () => blocks.unblock(user, other));
    if (name !== 'deliver as') return;
    return this.request(name, () => follows.setDelivery(user, other, command.delivery));
  }

  async act(command: Extract<Command, { who: number; host: number }> & { other?: never }, user: string): Promise<void> {
    const { thoughts, reader } = this.#world.host(command.host);
    if (command.do === 'post') {
      // Without a deadline: other commands may take place before it is stored.
      const more = command.expiresIn === undefined ? {} : { expiresIn: command.expiresIn };
      return this.#jobs.begin(
        { name: 'post' },
        unlessBusy(() => thoughts.create(user, { text: 'a thought', ...more })),
      );
    }
    if (command.do === 'edit' || command.do === 'delete') {
      const own = this.#world.thoughts().filter(({ author, deletedAt }) => author === user && deletedAt === undefined);
      const { id } = own[command.which % Math.max(1, own.length)] ?? {};
      if (id === undefined) return;
      const edit = { text: 'edited' };
      const change = () => (command.do === 'edit' ? thoughts.edit(user, id, edit) : thoughts.delete(user, id));
      return this.#jobs.begin({ name: command.do }, unlessBusy<unknown>(change));
    }
    if (command.do === 'read') return this.request('read', () => reader.timelinePage(user, { limit: 3 }));
    if (command.do === 'disconnect') return this.#clients.close(user);
    return this.#connect(user, command.host);
  }

  /** As the WebSocket function does it; then the handshake is answered, and the client reads its list. */
  async #connect(user: string, at: number): Promise<void> {
    const name = `connect ${user}`;
    if (this.#clients.isOpen(user) || this.#jobs.has(name)) return;
    const { connections, presence, runtime } = this.#world.host(at);
    const connectionId = `c${++this.#connections}`;
    const work = async () => {
      const live = { connectionId, connectedAt: runtime.now(), authExpiresAt: runtime.now() + DAY };
      await connections.add({ username: user, ...live });
      await presence.connected(user, live);
      await this.#jobs.turn();
    };
    await this.request(name, work, () => {
      this.#clients.open(user, connectionId, this.#world.now);
      return this.readAnew(user, at + 1);
    });
  }

  /** What a client does that opens its list, or is told of a gap: it reads all of it, page by page. */
  async readAnew(user: string, at: number): Promise<void> {
    if (!this.#clients.isOpen(user)) return;
    const { reader } = this.#world.host(at);
    const work = async () => {
      for (let after: string | undefined; ; ) {
        const { thoughts, next } = await reader.timelinePage(user, { after, limit: 4 });
        this.#clients.read(user, thoughts);
        if (next === undefined) return;
        after = next;
      }
    };
    await this.request(`read of ${user}`, work, undefined, true);
  }
}

/** The same work, which may end as busy: a job that was held for over four seconds and then met another change changes nothing. */
const unlessBusy =
  <Result>(work: () => Promise<Result>) =>
  (): Promise<Result | undefined> =>
    work().catch((error: { code?: string }) => {
      if (error.code !== 'busy') throw error;
      return undefined;
    });
