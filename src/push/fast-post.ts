import { type PreparedBody, prepareBody, type RequestKind } from '../signed-http/request-template.ts';
import type { SignedHttp, SignedOutcome } from '../signed-http/signed-http.ts';

/** Number of serialised frames that are kept for further connections: more than are ever under way at once. */
const PREPARED_FRAMES = 128;
/** The characters of API Gateway's connection ids. */
const CONNECTION_ID = /^[\w=+/-]+$/;
const POST: RequestKind = {
  method: 'POST',
  path: '/@connections/',
  headers: { 'content-type': 'application/octet-stream' },
};

interface Dependencies {
  http: SignedHttp;
}

/** PostToConnection without the SDK. A frame to many connections is serialised and hashed once. */
export class FastPost {
  readonly #http: SignedHttp;
  readonly #frames = new Map<string, PreparedBody>();

  constructor({ http }: Dependencies) {
    this.#http = http;
  }

  /** Sends a frame at most once. It never throws. */
  post(connectionId: string, frame: string): Promise<SignedOutcome> {
    if (!CONNECTION_ID.test(connectionId)) return Promise.resolve({ kind: 'not_mine' });
    return this.#http.send(POST, this.#prepared(frame), connectionId);
  }

  #prepared(frame: string): PreparedBody {
    const known = this.#frames.get(frame);
    if (known) return known;
    if (this.#frames.size >= PREPARED_FRAMES) this.#frames.clear();
    const prepared = prepareBody(frame);
    this.#frames.set(frame, prepared);
    return prepared;
  }
}
