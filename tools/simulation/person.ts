import type { Thought, Ticket } from '../../client/index.ts';
import { thoughtOf } from './actions.ts';
import type { Answer, RequestParts } from './answer.ts';
import { App } from './app.ts';
import type { Cloud } from './cloud.ts';
import { readConversation, sendMessage } from './conversation-log.ts';
import { Device } from './device.ts';
import type { History } from './history.ts';
import type { Person as PersonPlan } from './plan-types.ts';
import { readList } from './read-list.ts';
import { relationRoute } from './routes.ts';
import type { Action } from './steps.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

const TRIES = 12;
/** A device's clock is off by up to so much. */
const CLOCK_OFF_MS = 60_000;
/** A token is renewed so long before it ends. */
const TOKEN_RESERVE_MS = 30_000;

export interface PersonOptions {
  plan: PersonPlan;
  cloud: Cloud;
  history: History;
  time: VirtualTime;
  trace: Trace;
  random: () => number;
  tokenMs: number;
  onSocket: (connectionId: string, person: string) => void;
}

/** A person with devices who posts, follows and reads as the plan says, one action after the other. */
export class Person {
  readonly name: string;
  readonly devices: { device: Device; app: App | undefined }[];
  readonly #options: PersonOptions;
  #doing: Promise<void> = Promise.resolve();
  #lastPost: { body: string; key: string; thought?: Thought } | undefined;
  #tokenUntil = 0;
  readonly #clockOffMs: number;

  constructor(options: PersonOptions) {
    const { plan, random, time } = options;
    this.#options = options;
    this.name = plan.name;
    this.#clockOffMs = Math.round((random() * 2 - 1) * CLOCK_OFF_MS);
    this.devices = Array.from({ length: plan.devices }, (_, at) => ({
      device: new Device(`${plan.name}/${at}`, time, random, Math.round((random() * 2 - 1) * CLOCK_OFF_MS)),
      app: undefined,
    }));
  }

  /** Resolves when all started actions are done. */
  idle(): Promise<void> {
    return this.#doing;
  }

  do(action: Action): void {
    if ('device' in action) this.#handle(action);
    else if (action.kind === 'react') void this.#act(action);
    else this.#doing = this.#doing.then(() => this.#act(action));
  }

  /** Sends a request, and repeats it while the answer says that a later attempt may succeed. */
  async call(route: string, more: RequestParts = {}): Promise<Answer | undefined> {
    const { history, random, time, trace } = this.#options;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const answer = await this.request(route, more);
      trace.add(this.name, `${route} ${JSON.stringify(more.params ?? {})} -> ${answer.status}`);
      if (answer.status === 401 && attempt === 0) continue;
      if (answer.status < 500 && answer.status !== 429) return answer;
      history.failed(this.name, route, answer);
      await time.sleep(300 * 2 ** Math.min(attempt, 5) * (0.5 + random()));
    }
    history.gaveUp(this.name, route);
    return undefined;
  }

  /** One request with this person's token. */
  async request(route: string, more: RequestParts): Promise<Answer> {
    const { cloud, history } = this.#options;
    const tokenUntil = this.#token();
    const claims = { iss: 'https://login.example', sub: this.name, username: this.name };
    const { status, body } = await cloud.http.request({ route, claims, tokenUntil, ...more });
    // The token has expired: the next request gets a new one.
    if (status === 401) this.#tokenUntil = 0;
    history.answered(this.name, route, body);
    return { status, body: body ? JSON.parse(body) : undefined };
  }

  /** Reads pages of a channel's list. The answer is undefined when a request failed. */
  list(channel: string, limit?: number, pages?: number): Promise<{ items: Thought[]; isWhole: boolean } | undefined> {
    return readList(this, channel, limit, pages);
  }

  /** When the token expires. Gets a new token shortly before, by the device's clock, which may be wrong. */
  #token(): number {
    const { time, tokenMs } = this.#options;
    if (this.#tokenUntil < time.now() + this.#clockOffMs + TOKEN_RESERVE_MS) this.#tokenUntil = time.now() + tokenMs;
    return this.#tokenUntil;
  }

  #handle(action: Extract<Action, { device: number }>): void {
    const { trace } = this.#options;
    const entry = this.devices[action.device];
    if (!entry) return;
    const { device } = entry;
    trace.add(device.name, 'ms' in action ? `${action.kind} for ${action.ms} ms` : action.kind);
    switch (action.kind) {
      case 'open':
        entry.app ??= this.#open(device);
        break;
      case 'close':
        entry.app?.close();
        entry.app = undefined;
        break;
      case 'cut':
        device.cut();
        break;
      case 'silence':
        device.silence();
        break;
      case 'offline':
        device.offline(action.ms);
        break;
      case 'sleep':
        device.sleep(action.ms);
        break;
    }
  }

  #open(device: Device): App {
    const { cloud, history, onSocket, plan, time, trace } = this.#options;
    const app: App = new App({
      person: this.name,
      device,
      channels: plan.channels,
      now: time.now,
      api: {
        ticket: async ({ forceRefresh }) => {
          if (forceRefresh) this.#tokenUntil = 0;
          if (!device.isReachable) throw new Error('No network');
          const answer = await this.request('POST /tickets', {});
          if (answer.status !== 201) throw new Error(`The ticket was refused: ${answer.status}`);
          return answer.body as Ticket;
        },
        list: async (channel) => (device.isReachable ? this.list(channel) : undefined),
      },
      openSocket: (url, protocols) => {
        const socket = cloud.gateway.connect(url, device.isReachable);
        socket.protocols = protocols;
        onSocket(socket.id, this.name);
        history.connected(device.name);
        socket.addEventListener('message', ({ data }: { data: string }) => history.received(app, data));
        return socket;
      },
      note: (what) => trace.add(device.name, what),
      onGiven: (event) => {
        const list = 'conversationId' in event ? `${event.author} in ${event.conversationId}` : event.author;
        trace.add(device.name, `is given ${event.type} ${event.id} of ${list}, number ${event.seq}`);
        history.given({ person: this.name, device, app, event });
      },
      onState: (state) => history.state({ person: this.name, device, state }),
    });
    history.opened(this.name, device, app);
    return app;
  }

  async #act(action: Exclude<Action, { device: number }>): Promise<void> {
    const { history, plan, random } = this.#options;
    switch (action.kind) {
      case 'post': {
        const target = action.replyPick === undefined ? undefined : history.pickThought(action.replyPick);
        const body = thoughtOf(`${this.name} thinks ${Math.floor(random() * 1e9).toString(36)}`, action, target);
        const key = `key-${Math.floor(random() * 1e12).toString(36)}`;
        this.#lastPost = { body: JSON.stringify(body), key };
        const answer = await this.call('POST /thoughts', { body, headers: { 'idempotency-key': key } });
        if (answer?.status !== 201) return;
        this.#lastPost.thought = answer.body as Thought;
        return history.posted(answer.body as Thought);
      }
      case 'repost': {
        if (!this.#lastPost) return;
        const { body, key, thought } = this.#lastPost;
        const again = { body: JSON.parse(body), headers: { 'idempotency-key': key } };
        const answer = await this.call('POST /thoughts', again);
        if (answer?.status === 201 && thought) history.repeated(this.name, thought, answer.body as Thought);
        return;
      }
      case 'edit': {
        const own = history.pickOwn(this.name, action.pick);
        if (!own) return;
        const body = { text: `${this.name} rather thinks ${Math.floor(random() * 1e9).toString(36)}` };
        const params = { username: this.name, id: own.id };
        const answer = await this.call('PATCH /users/{username}/thoughts/{id}', { params, body });
        if (answer?.status === 200) history.edited(answer.body as Thought);
        break;
      }
      case 'delete': {
        const own = history.pickOwn(this.name, action.pick);
        if (!own) return;
        const params = { username: this.name, id: own.id };
        const answer = await this.call('DELETE /users/{username}/thoughts/{id}', { params });
        if (answer && answer.status < 300) history.deleted(own.id);
        break;
      }
      case 'react': {
        const target = history.pickThought(action.pick);
        if (!target) return;
        const params = { username: target.author, id: target.id };
        await this.call('PUT /users/{username}/thoughts/{id}/reaction', { params, body: { kind: 'like' } });
        break;
      }
      case 'read': {
        const channels = { topic: 'topic:cats', author: `author:${plan.follows[0]}`, timeline: 'timeline', all: 'all' };
        await this.list(channels[action.list], action.limit, 3);
        break;
      }
      case 'message':
        return sendMessage(this, history.conversations, action.others, random);
      case 'readConversation':
        return readConversation(this, history.conversations, action.pick);
      default: {
        const answer = await this.call(relationRoute(action.kind), { params: { username: action.other } });
        if (answer && answer.status < 300) history.related(this.name, action.kind, action.other);
        // The device that acted shows the result itself; the person's other devices get events.
        this.devices[0]?.app?.read('timeline');
      }
    }
  }
}
