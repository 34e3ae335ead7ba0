import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Stack } from '../../local/stack.ts';
import type { ServerFrame as AnyFrame, FrameOfServer } from '../../src/protocol/server-frames.ts';
import type { ThoughtEvent } from '../../src/protocol/thought-event.ts';
import type { Api } from '../../tools/support/api.ts';
import { waitFor } from '../../tools/support/measure.ts';

/** All but the gateway's own, which has no id. */
type ServerFrame = Exclude<AnyFrame, FrameOfServer<'heartbeat'> | FrameOfServer<'relation'>>;

const WAIT_MS = 40_000;

const addressOf = (stack: Stack, ticket: string | undefined): string =>
  ticket === undefined ? stack.websocket : `${stack.websocket}?ticket=${encodeURIComponent(ticket)}`;

/** The status with which the server answers a handshake; 101 is a connection. */
export const handshakeStatus = (stack: Stack, ticket?: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(addressOf(stack, ticket));
    socket.once('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode);
      response.resume();
      socket.terminate();
    });
    socket.once('error', reject);
  });

/** A socket without the client's care: it sends anything, and shows every frame as it came. */
export class RawSocket {
  readonly frames: ServerFrame[] = [];
  readonly #socket: WebSocket;
  #requests = 0;
  closeCode: number | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.frames.push(JSON.parse(String(data)) as ServerFrame));
    socket.on('close', (code) => (this.closeCode = code));
  }

  /** A user's socket, open until the test ends. */
  static async open(stack: Stack, user: Api): Promise<RawSocket> {
    const socket = new WebSocket(addressOf(stack, await user.ticket()));
    const raw = new RawSocket(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    onTestFinished(() => socket.terminate());
    return raw;
  }

  /** Every event that came, as often as it came. */
  get events(): ThoughtEvent[] {
    return this.frames.flatMap((frame) => (frame.type === 'events' ? frame.events : []));
  }

  /** Ends it as a network does: without a goodbye. */
  cut(): void {
    this.#socket.terminate();
  }

  /** Sends a text as it is, and waits for the next frame. */
  async answerTo(text: string): Promise<ServerFrame> {
    const before = this.frames.length;
    this.#socket.send(text);
    await waitFor(`an answer to ${text.slice(0, 40)}`, () => this.frames.length > before, WAIT_MS);
    return this.frames[before] as ServerFrame;
  }

  /** Sends a frame, and waits for the answer with its id. */
  async request(frame: object): Promise<ServerFrame> {
    const id = `raw-${++this.#requests}`;
    const find = () => this.frames.find((answer) => 'id' in answer && answer.id === id);
    this.#socket.send(JSON.stringify({ ...frame, id }));
    await waitFor(`an answer to ${JSON.stringify(frame)}`, () => find() !== undefined, WAIT_MS);
    return find() as ServerFrame;
  }

  async hears(thoughtId: string): Promise<void> {
    await waitFor(thoughtId, () => this.events.some((event) => event.thoughtId === thoughtId), WAIT_MS);
  }
}
