import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readHead } from './answer.ts';

/**
 * What became of one request. `unsent`: no byte of it left, for there was no connection. `unclear`: it left, and no
 * answer that can be understood came back in time; the far end may have carried it out.
 */
export type WireOutcome = { kind: 'answer'; status: number } | { kind: 'unsent' } | { kind: 'unclear' };

export interface Address {
  host: string;
  port: number;
  isTls: boolean;
  /** Lets a further TLS connection skip half of the handshake. */
  session?: Buffer | undefined;
}

interface Owner {
  /** The socket has no request under way, and takes another. */
  freed(socket: WireSocket): void;
  closed(socket: WireSocket): void;
}

/** One kept-alive HTTP/1.1 connection: one request at a time, of whose answer only the status matters. */
export class WireSocket {
  readonly #socket: Socket;
  readonly #owner: Owner;
  #settle: ((outcome: WireOutcome) => void) | undefined;
  #text = '';
  /** Bytes of the answer's body that are still to come. */
  #bodyLeft = 0;
  #isConnected = false;
  isClosed = false;
  /** When the last request began, in milliseconds. */
  usedAt = 0;

  constructor(address: Address, owner: Owner) {
    this.#owner = owner;
    const { host, port, isTls, session } = address;
    const common = { host, port, noDelay: true };
    // A name that is an address is not allowed in TLS.
    const servername = isIP(host) ? '' : host;
    this.#socket = isTls ? connectTls({ ...common, servername, session }) : connectTcp(common);
    this.#socket.once(isTls ? 'secureConnect' : 'connect', () => (this.#isConnected = true));
    this.#socket.on('session', (fresh: Buffer) => (address.session = fresh));
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes.toString('latin1')));
    for (const end of ['end', 'error', 'close']) this.#socket.on(end, () => this.close());
  }

  get isBusy(): boolean {
    return this.#settle !== undefined || this.#bodyLeft > 0;
  }

  /** @param request a character for each byte. @param settle is called once, and not before this returns */
  send(request: string, nowMs: number, settle: (outcome: WireOutcome) => void): void {
    this.#settle = settle;
    this.usedAt = nowMs;
    this.#socket.ref();
    this.#socket.write(request, 'latin1');
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#socket.destroy();
    this.#owner.closed(this);
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.({ kind: this.#isConnected ? 'unclear' : 'unsent' });
  }

  #read(text: string): void {
    if (this.#bodyLeft > 0) this.#skipBody(text.length);
    // Nothing was asked: the far end is out of step.
    else if (this.#settle === undefined) this.close();
    else this.#readHead(this.#text + text);
  }

  #readHead(text: string): void {
    const head = readHead(text);
    this.#text = head.kind === 'incomplete' ? text : '';
    if (head.kind === 'malformed') this.close();
    if (head.kind !== 'head') return;
    // The status says it all, whatever becomes of the body.
    const settle = this.#settle;
    this.#settle = undefined;
    this.#bodyLeft = head.bodyBytes ?? 0;
    if (head.bodyBytes === undefined) this.close();
    else this.#skipBody(text.length - head.bodyAt);
    settle?.({ kind: 'answer', status: head.status });
  }

  #skipBody(bytes: number): void {
    const left = this.#bodyLeft - bytes;
    this.#bodyLeft = Math.max(0, left);
    // More than was promised: the far end is out of step.
    if (left < 0) this.close();
    if (left !== 0) return;
    // An idle socket keeps no process alive.
    this.#socket.unref();
    this.#owner.freed(this);
  }
}
