import type { Gap, LiveClient, MessageEvent, Thought, ThoughtEvent } from '../../client/index.ts';
import type { Api, ApiAnswer } from '../support/api.ts';

/** What one user's app has seen go wrong. */
export interface Faulty {
  doubled: number;
  outOfOrder: number;
  leaked: number;
  details: string[];
}

const RETRIES = 60;
const RETRY_MS = 50;

/** Time that a user followed an author, in milliseconds since 1970; without an end while still following. */
interface Followed {
  author: string;
  from: number;
  to?: number;
}

/** A user with an app: it reads the timeline, hears what comes, and reads anew what it is told to. */
export class SoakedUser {
  readonly api: Api;
  readonly own: string[] = [];
  /** In which the user has heard or begun something. */
  readonly conversations = new Set<string>();
  /** Paths of the user's own messages. */
  readonly messages = new Set<string>();
  readonly faulty: Faulty = { doubled: 0, outOfOrder: 0, leaked: 0, details: [] };
  /** Given to the app. */
  events = 0;
  /** Come over the sockets, doubles and all. */
  received = 0;
  gaps = 0;
  busy = 0;
  #client: LiveClient | undefined;
  readonly #shown = new Map<string, Thought>();
  readonly #lastSeq = new Map<string, number>();
  readonly #heard = new Set<string>();
  readonly #follows: Followed[] = [];
  #reading: Promise<void> = Promise.resolve();
  #isReadingDue = false;

  constructor(api: Api) {
    this.api = api;
  }

  get username(): string {
    return this.api.username;
  }

  get isConnected(): boolean {
    return this.#client !== undefined;
  }

  get isLive(): boolean {
    return this.#client?.state === 'live';
  }

  connect(): void {
    this.#lastSeq.clear();
    this.#heard.clear();
    this.#client = this.api.listen({
      openSocket: (url) => this.#counting(new WebSocket(url)),
      timings: { pingMs: 2_000, holeMs: 200, backoffBaseMs: 50, backoffCapMs: 1_000 },
      onEvent: (event) => this.#hear(event),
      onGap: (gap) => this.#refresh(gap),
      onState: (state) => {
        // Present first, then read: whatever comes in between is heard.
        if (state === 'live') this.read();
      },
    });
    this.#client.on('message', (event) => this.#hearMessage(event));
  }

  disconnect(): void {
    this.#client?.close();
    this.#client = undefined;
    this.#shown.clear();
  }

  /** Calls until the answer is neither a conflict of the moment nor an overload. */
  async call(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const headers: Record<string, string> = method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {};
    for (let attempt = 0; attempt < RETRIES; attempt++) {
      const answer = await this.api.request(method, path, body, headers);
      if (answer.status === 500) this.faulty.details.push(`500 for ${method} ${path}`);
      if (answer.status < 500) return answer;
      this.busy++;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    throw new Error(`${method} ${path} was answered 5xx ${RETRIES} times`);
  }

  /** Writes to one other, or begins a group with some. */
  async open(members: string[], text: string): Promise<void> {
    const { status, body } = await this.call('POST', '/conversations', { members, text });
    // A release that knows no conversations has no such route.
    if (status === 201) this.conversations.add(body.conversation.id);
  }

  async follow(author: string): Promise<void> {
    this.#follows.push({ author, from: Date.now() });
    await this.call('PUT', `/users/${author}/follow`);
    this.read();
  }

  async unfollow(author: string): Promise<void> {
    await this.call('DELETE', `/users/${author}/follow`);
    const to = Date.now();
    for (const followed of this.#follows) if (followed.author === author) followed.to ??= to;
    this.read();
  }

  /** Reads the timeline whole, in the place of what is shown. One reading that has yet to begin serves all who ask. */
  read(): void {
    if (this.#isReadingDue) return;
    this.#isReadingDue = true;
    this.#reading = this.#reading.then(async () => {
      this.#isReadingDue = false;
      const found = await this.timeline();
      this.#shown.clear();
      for (const thought of found) this.#shown.set(thought.id, thought);
      this.#client?.known(found, 'timeline');
    });
    this.#reading.catch((error) => this.faulty.details.push(String(error)));
  }

  /** When the last list that this app reads is there: only then may the stack end. */
  async settled(): Promise<void> {
    await this.#reading;
  }

  async timeline(): Promise<Thought[]> {
    const found: Thought[] = [];
    let next: string | undefined;
    do {
      const { body } = await this.call('GET', `/timeline?limit=100${next ? `&cursor=${next}` : ''}`);
      found.push(...body.items);
      next = body.next;
    } while (next);
    return found;
  }

  /** What the app shows otherwise than the timeline is; nothing when all is well. */
  async differences(): Promise<string[]> {
    await this.#reading;
    const overheard = await this.overheard();
    if (overheard.length > 0) return overheard;
    const truth = new Map((await this.timeline()).map((thought) => [thought.id, thought]));
    const thoughts = new Map([...this.#shown, ...truth]);
    const versionIn = (list: Map<string, Thought>, id: string) => list.get(id)?.version ?? 'none';
    return [...thoughts.values()]
      .filter(({ id }) => versionIn(truth, id) !== versionIn(this.#shown, id))
      .map(({ id, author }) => {
        const versions = `version ${versionIn(truth, id)}, shown ${versionIn(this.#shown, id)}`;
        return `${this.username}: ${id} of ${author} has ${versions}; followed ${JSON.stringify(this.#follows.filter((followed) => followed.author === author))}`;
      });
  }

  #hear(event: ThoughtEvent): void {
    this.events++;
    const last = this.#lastSeq.get(event.author) ?? 0;
    if (this.#heard.has(event.id)) this.#blame('doubled', event);
    else if (event.seq <= last) this.#blame('outOfOrder', event);
    this.#heard.add(event.id);
    this.#lastSeq.set(event.author, event.seq);
    if (!this.#mayHear(event)) this.#blame('leaked', event);
    // Behind a reading that is under way, so that an older page does not undo a newer event.
    this.#reading = this.#reading.then(() => {
      // What was on its way from somebody who has just been unfollowed.
      if (!this.#isHeard(event.author)) return;
      const shown = this.#shown.get(event.thoughtId);
      if (shown && event.thought && shown.version >= event.thought.version) return;
      if (event.thought) this.#shown.set(event.thoughtId, event.thought);
      else this.#shown.delete(event.thoughtId);
    });
  }

  /** Each conversation is a list of its own. Whether it is the user's at all is asked at the end. */
  #hearMessage(event: MessageEvent): void {
    this.events++;
    const list = event.channels.join();
    if (this.#heard.has(event.id)) this.#blame('doubled', event);
    else if (event.seq <= (this.#lastSeq.get(list) ?? 0)) this.#blame('outOfOrder', event);
    this.#heard.add(event.id);
    this.#lastSeq.set(list, event.seq);
    this.conversations.add(event.conversationId);
    const path = `/conversations/${event.conversationId}/messages/${event.place}`;
    if (event.author === this.username) this.messages.add(path);
    if (event.type === 'message.deleted') this.messages.delete(path);
  }

  /** Conversations of which something was heard by somebody who is no member. */
  async overheard(): Promise<string[]> {
    const found: string[] = [];
    for (const id of this.conversations) {
      const { status } = await this.call('GET', `/conversations/${id}`);
      if (status !== 200) found.push(`${this.username}: leaked: conversation ${id}, which answers ${status}`);
    }
    return found;
  }

  #counting(socket: WebSocket): WebSocket {
    socket.addEventListener('message', ({ data }) => {
      const { events = [] } = JSON.parse(String(data)) as { events?: unknown[] };
      this.received += events.length;
    });
    return socket;
  }

  #isHeard(author: string): boolean {
    if (author === this.username) return true;
    return this.#follows.some((followed) => followed.author === author && followed.to === undefined);
  }

  /** An author's thought is for those who followed when it was changed. */
  #mayHear({ author, at }: ThoughtEvent): boolean {
    if (author === this.username) return true;
    const time = Date.parse(at);
    return this.#follows.some(
      (followed) => followed.author === author && (followed.to === undefined || time <= followed.to),
    );
  }

  #blame(what: 'doubled' | 'outOfOrder' | 'leaked', event: ThoughtEvent | MessageEvent): void {
    this.faulty[what]++;
    this.faulty.details.push(
      `${this.username}: ${what}: ${event.id} ${event.author} ${event.seq} by ${event.channels}`,
    );
  }

  #refresh(_: Gap): void {
    this.gaps++;
    this.read();
  }
}
