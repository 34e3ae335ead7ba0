import {
  connect,
  type Gap,
  type LiveClient,
  type MessageEvent,
  type Relation,
  type State,
  type Thought,
  type ThoughtEvent,
  type Ticket,
  type TicketRequest,
} from '../../client/index.ts';
import type { SimulatedSocket } from '../../local/aws/socket.ts';
import type { Device } from './device.ts';
import { ReceivedMessages } from './received-messages.ts';
import { ShownLists } from './shown-lists.ts';

/** How an app reads from the API. The answer is undefined when the request failed. */
export interface AppApi {
  ticket(request: TicketRequest): Promise<Ticket>;
  /** The first page of a channel's list that is not empty, newest first. */
  list(channel: string): Promise<{ items: Thought[]; isWhole: boolean } | undefined>;
}

export interface AppOptions {
  person: string;
  device: Device;
  channels: string[];
  api: AppApi;
  openSocket: (url: string, protocols: string[]) => SimulatedSocket;
  /** Milliseconds since 1970, by a correct clock. */
  now: () => number;
  note: (what: string) => void;
  onGiven: (event: ThoughtEvent | MessageEvent) => void;
  onState: (state: State) => void;
}

const CONVERSATION = 'conversation:';

/**
 * An app as the client's README wants one: it reads its lists once, applies each event, and reads a list anew when it is
 * told of a gap. It trusts the client for everything else.
 */
export class App {
  readonly #options: AppOptions;
  readonly #lists: ShownLists;
  readonly #client: LiveClient;
  #reading: Promise<void> = Promise.resolve();
  readonly #due = new Set<string>();
  readonly receivedMessages = new ReceivedMessages();
  /** When the app was first live, in milliseconds since 1970. It reads what is older over HTTP. */
  liveFrom: number | undefined;
  gaps = 0;
  isClosed = false;
  /** Newer connections of the same person have replaced this one: the app keeps its lists and makes no further requests. */
  isReplaced = false;

  constructor(options: AppOptions) {
    this.#options = options;
    this.#lists = new ShownLists(options.now);
    const { device, note } = options;
    this.#client = connect({
      url: 'wss://simulated/',
      ticket: options.api.ticket,
      channels: options.channels,
      runtime: device.runtime,
      openSocket: (url, protocols) => {
        const socket = options.openSocket(url, protocols);
        device.attach(socket);
        return socket as never;
      },
      onEvent: (event) => this.#apply(event),
      onGap: (gap) => {
        this.gaps++;
        note(`is told of a gap: ${gap.channel ?? gap.author}`);
        this.#readAnew(gap);
      },
      onRelation: (relation) => this.#forget(relation),
      onState: (state, reason) => {
        note(`is ${state}${reason === undefined ? '' : `: ${reason}`}`);
        this.isReplaced = reason === 'replaced';
        options.onState(this.isReplaced ? 'closed' : state);
        if (state === 'live' && this.liveFrom === undefined) {
          this.liveFrom = options.now();
          for (const channel of this.channels) this.read(channel);
        }
      },
    });
    this.#client.on('message', (event) => {
      this.receivedMessages.given(event);
      options.onGiven(event);
    });
  }

  get channels(): string[] {
    return ['timeline', ...this.#options.channels];
  }

  get isLive(): boolean {
    return this.#client.state === 'live';
  }

  /** The versions shown in a channel, by id, and the oldest id shown. Undefined before the list was read. */
  shown(channel: string): { versions: Map<string, number>; floor: string } | undefined {
    return this.#lists.versions(channel);
  }

  close(): void {
    this.isClosed = true;
    this.#client.close();
  }

  /** Reads a list again, and shows it instead of the old one. Requests that wait for the same list share one reading. */
  read(channel: string): void {
    if (this.#due.has(channel)) return;
    this.#due.add(channel);
    this.#reading = this.#reading.then(async () => {
      this.#due.delete(channel);
      if (this.isClosed) return;
      const askedAt = this.#options.now();
      const page = await this.#options.api.list(channel);
      if (!page) {
        this.#options.device.runtime.setTimeout(() => this.read(channel), 5_000);
        return;
      }
      this.#lists.show(channel, { ...page, current: this.#client.known(page.items, channel), askedAt });
    });
  }

  #readAnew({ channel }: Gap): void {
    if (channel?.startsWith(CONVERSATION)) {
      this.receivedMessages.gap(channel.slice(CONVERSATION.length), this.#options.now());
      return;
    }
    for (const name of channel === undefined ? this.channels : [channel]) this.read(name);
  }

  /** Removes from the view what the timeline has removed. */
  #forget({ author, follows, muted }: Relation): void {
    if (follows && !muted) return;
    this.#reading = this.#reading.then(() => this.#lists.forget('timeline', author));
  }

  #apply(event: ThoughtEvent): void {
    this.#options.onGiven(event);
    // After a reading that is under way, so that an older page does not undo a newer event.
    this.#reading = this.#reading.then(() => {
      for (const channel of this.channels) this.#lists.apply(channel, event);
    });
  }
}
