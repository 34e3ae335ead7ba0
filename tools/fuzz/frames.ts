import fc from 'fast-check';
import { WebSocket } from 'ws';
import { ClientFrames } from '../../src/protocol/client-frames.ts';
import { SchemaComponents } from '../../src/schemas/schema-components.ts';
import type { Api } from '../support/api.ts';
import { arbitraryOf, type Schema } from './arbitrary.ts';

const NOISE = 3;
/** A laptop that does much else may be slow. */
const ANSWER_MS = 15_000;
/** API Gateway closes the socket of who sends more, and answers nothing. */
const FRAME_BYTES = 32 * 1024;

const framesOf = (): fc.Arbitrary<unknown> => {
  const components = new SchemaComponents('draft-2020-12');
  const schemas = Object.values(ClientFrames).map((frame) => components.schema(frame, 'input') as Schema);
  const known = components.schemas as Record<string, Schema>;
  return fc.oneof(...schemas.map((schema) => arbitraryOf(schema, known, NOISE)));
};

/** In the place of an answer: the socket was closed. */
const CLOSED = '';

/** One socket, on which an answer is awaited for each frame. */
class Line {
  #socket: WebSocket | undefined;
  #answer: ((text: string) => void) | undefined;
  readonly #url: string;
  readonly #user: Api;

  constructor(url: string, user: Api) {
    this.#url = url;
    this.#user = user;
  }

  /** The answer to a frame; undefined when none came, which only a frame without one may have. */
  async ask(text: string): Promise<string | undefined> {
    if (this.#socket?.readyState !== WebSocket.OPEN) await this.#open();
    const answered = new Promise<string>((resolve) => (this.#answer = resolve));
    this.#socket?.send(text);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ANSWER_MS)));
    const answer = await Promise.race([answered, late]).finally(() => clearTimeout(timer));
    return answer === CLOSED ? undefined : answer;
  }

  close(): void {
    this.#socket?.terminate();
  }

  async #open(): Promise<void> {
    const socket = new WebSocket(`${this.#url}?ticket=${await this.#user.ticket()}`);
    socket.on('message', (data) => this.#answer?.(String(data)));
    socket.on('close', () => this.#answer?.(CLOSED));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    this.#socket = socket;
  }
}

/** What is wrong with an answer. */
const faultOf = (sent: string, answer: string | undefined): string | undefined => {
  if (answer === undefined)
    return isSilent(sent) || Buffer.byteLength(sent) > FRAME_BYTES ? undefined : `No answer to ${sent.slice(0, 300)}`;
  const { code, message, type } = JSON.parse(answer) as { code?: string; message?: string; type?: string };
  if (type === undefined) return `The gateway answers ${message} to ${sent.slice(0, 300)}`;
  return code === 'internal_error' || code === 'busy' ? `${code} to ${sent.slice(0, 300)}` : undefined;
};

/** Who types is told nothing. */
const isSilent = (text: string): boolean => text.includes('"typing"');

/** Frames until the time is over. @returns how many, and the first that went wrong, made as small as it gets */
export const fuzzFrames = async (url: string, user: Api, seed: number, endsAt: number) => {
  let count = 0;
  const line = new Line(url, user);
  const texts = fc.oneof(
    { weight: 9, arbitrary: framesOf().map((frame) => JSON.stringify(frame) ?? 'null') },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 100 }).map((text) => text.toWellFormed()) },
  );
  const property = fc.asyncProperty(texts, async (text) => {
    if (Date.now() > endsAt) return;
    count++;
    const fault = faultOf(text, await line.ask(text));
    if (fault) throw new Error(fault);
  });
  const found = await fc.check(property, { seed, numRuns: 1_000_000, interruptAfterTimeLimit: endsAt - Date.now() });
  line.close();
  return { count, fault: found.failed && found.counterexample ? String(found.errorInstance) : undefined };
};
