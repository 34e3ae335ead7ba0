import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type AnswerHead, readChunked, readHead } from './answer.ts';

/** An answer. Its body is undefined when the connection broke, or when the end of the body can't be known. */
export interface Answer {
  kind: 'answer';
  status: number;
  /** Status line and headers, one character for each byte. */
  head: string;
  body: Buffer | undefined;
}

/**
 * The outcome of one request. `unsent`: no byte was sent, because there was no connection. `unclear`: it was sent, and no
 * valid answer came in time; the server may have carried it out.
 */
export type WireOutcome = Answer | { kind: 'unsent' | 'unclear'; error: Error };

export interface Address {
  host: string;
  port: number;
  isTls: boolean;
  /** The TLS session, with which a further connection skips half of the handshake. */
  session?: Buffer | undefined;
}

type Head = Extract<AnswerHead, { kind: 'head' }>;

interface Owner {
  /** Is called when the socket has no request under way and can take another. */
  freed(socket: WireSocket): void;
  closed(socket: WireSocket): void;
}

/**
 * All sockets read into this buffer, which saves a new one of 64 KiB for each answer, and the stream's events. What a read
 * brings is copied before the next read.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** The same code as in Node's HTTP client. */
const hangUp = (why: string): Error => Object.assign(new Error(why), { code: 'ECONNRESET' });

/** One kept-alive HTTP/1.1 connection: one request at a time. */
export class WireSocket {
  readonly #socket: Socket;
  readonly #owner: Owner;
  #settle: ((outcome: WireOutcome) => void) | undefined;
  /** The bytes of the answer that have arrived. */
  #parts: Buffer[] = [];
  #bytes = 0;
  #head: Head | undefined;
  #isConnected = false;
  isClosed = false;
  /** When the last request began, in milliseconds. */
  usedAt = 0;

  constructor(address: Address, owner: Owner) {
    this.#owner = owner;
    const { host, port, isTls, session } = address;
    const onread = {
      buffer: READ_BUFFER,
      callback: (bytes: number): boolean => {
        this.#read(Buffer.from(READ_BUFFER.subarray(0, bytes)));
        return true;
      },
    };
    const common = { host, port, noDelay: true, onread };
    // TLS does not allow an IP address as the server name.
    const servername = isIP(host) ? '' : host;
    this.#socket = isTls ? connectTls({ ...common, servername, session }) : connectTcp(common);
    this.#socket.once(isTls ? 'secureConnect' : 'connect', () => (this.#isConnected = true));
    this.#socket.on('session', (fresh: Buffer) => (address.session = fresh));
    this.#socket.on('error', (error) => this.close(error));
    this.#socket.on('end', () => this.#end());
    this.#socket.on('close', () => this.close());
  }

  get isBusy(): boolean {
    return this.#settle !== undefined;
  }

  /** @param settle is called once, after this function has returned */
  send(request: Buffer, nowMs: number, settle: (outcome: WireOutcome) => void): void {
    this.#settle = settle;
    this.usedAt = nowMs;
    this.#socket.ref();
    this.#socket.write(request);
  }

  /** @param error the reason, for the request that is under way */
  close(error: Error = hangUp('The far end closed the connection')): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#socket.destroy();
    this.#owner.closed(this);
    const settle = this.#settle;
    this.#settle = undefined;
    // The status is valid even when the body is incomplete.
    if (this.#head) settle?.({ kind: 'answer', status: this.#head.status, head: this.#head.text, body: undefined });
    else settle?.({ kind: this.#isConnected ? 'unclear' : 'unsent', error });
  }

  #read(bytes: Buffer): void {
    // No request is under way: the server has sent bytes that belong to none.
    if (this.#settle === undefined) {
      this.close();
      return;
    }
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
    this.#head ??= this.#readHead();
    if (this.#head) this.#readBody(this.#head);
  }

  #end(): void {
    if (this.#head?.body === 'end') this.#finish(this.#head, this.#all().subarray(this.#head.bodyAt), this.#bytes);
    else this.close();
  }

  #all(): Buffer {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts)];
    return this.#parts[0] as Buffer;
  }

  #readHead(): Head | undefined {
    const head = readHead(this.#all().toString('latin1'));
    if (head.kind === 'malformed') this.close(hangUp('The far end does not speak HTTP/1'));
    return head.kind === 'head' ? head : undefined;
  }

  #readBody(head: Head): void {
    if (head.body === 'unknown') this.close();
    else if (head.body === 'chunked') {
      const chunked = readChunked(this.#all().subarray(head.bodyAt));
      if (chunked.kind === 'malformed') this.close();
      if (chunked.kind === 'body') this.#finish(head, chunked.body, head.bodyAt + chunked.endAt);
    } else if (head.body !== 'end') {
      const endAt = head.bodyAt + head.body;
      if (this.#bytes >= endAt) this.#finish(head, this.#all().subarray(head.bodyAt, endAt), endAt);
    }
  }

  #finish({ status, text, isKept }: Head, body: Buffer, endAt: number): void {
    const settle = this.#settle;
    this.#settle = undefined;
    // More bytes than the head announced: the rest belongs to no request.
    const isUsable = isKept && this.#bytes === endAt;
    this.#head = undefined;
    this.#parts = [];
    this.#bytes = 0;
    if (!isUsable) this.close();
    else {
      // An idle socket keeps no process alive.
      this.#socket.unref();
      this.#owner.freed(this);
    }
    settle?.({ kind: 'answer', status, head: text, body });
  }
}
