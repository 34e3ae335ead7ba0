import type { SimulatedHttpApi } from '../../local/aws/http-api.ts';
import type { Answer, Caller, RequestParts } from './answer.ts';
import { answerText } from './frame-text.ts';
import type { History } from './history.ts';
import { readList } from './read-list.ts';
import { pathOf } from './routes.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

const TRIES = 12;
/** How long before its end a token is renewed, in milliseconds. */
const TOKEN_RESERVE_MS = 30_000;

export interface PersonApiOptions {
  name: string;
  http: SimulatedHttpApi;
  history: History;
  time: VirtualTime;
  trace: Trace;
  random: () => number;
  tokenMs: number;
  /** By how much the clock is off that says when a token must be renewed. */
  clockOffMs: number;
  /** The address of requests that no device is named for. */
  sourceAddress: string;
}

/** A person's requests over HTTP, with a token that is renewed in time. */
export class PersonApi implements Caller {
  readonly name: string;
  readonly #options: PersonApiOptions;
  #tokenUntil = 0;

  constructor(options: PersonApiOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /**
   * Sends a request, and repeats it while the answer says that a later attempt may succeed.
   * @param onUnclear called after each attempt that may have been carried out, though its answer does not say so
   */
  async call(route: string, more: RequestParts = {}, onUnclear = () => {}): Promise<Answer | undefined> {
    const { history, random, time } = this.#options;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const answer = await this.request(route, more);
      if (answer.status === 401 && attempt === 0) continue;
      if (answer.status < 500 && answer.status !== 429) return answer;
      if (answer.status >= 500) onUnclear();
      history.failed(this.name, route, answer);
      await time.sleep(300 * 2 ** Math.min(attempt, 5) * (0.5 + random()));
    }
    history.gaveUp(this.name, route);
    return undefined;
  }

  /** One request with this person's token. */
  async request(route: string, more: RequestParts = {}): Promise<Answer> {
    const { history, http, sourceAddress, trace } = this.#options;
    const tokenUntil = this.#token();
    const claims = { iss: 'https://login.example', sub: this.name, username: this.name };
    const { status, body } = await http.request({ route, claims, tokenUntil, sourceAddress, ...more });
    // The token has expired: the next request gets a new one.
    if (status === 401) this.forgetToken();
    trace.add(this.name, `${pathOf(route, more)} -> ${status}`, () => answerText(body));
    history.answered(this.name, route, body);
    return { status, body: body ? JSON.parse(body) : undefined };
  }

  /**
   * Reads pages of a channel's list.
   * @param more what goes with each request
   */
  list(channel: string, limit?: number, pages?: number, more: RequestParts = {}): ReturnType<typeof readList> {
    const caller = { call: (route: string, parts?: RequestParts) => this.call(route, { ...more, ...parts }) };
    return readList(caller, channel, limit, pages);
  }

  /** The next request gets a new token. */
  forgetToken(): void {
    this.#tokenUntil = 0;
  }

  /** When the token expires. Gets a new token shortly before, by a clock that may be wrong. */
  #token(): number {
    const { clockOffMs, time, tokenMs } = this.#options;
    if (this.#tokenUntil < time.now() + clockOffMs + TOKEN_RESERVE_MS) this.#tokenUntil = time.now() + tokenMs;
    return this.#tokenUntil;
  }
}
