import { comesByItself } from './channels.ts';
import { NEVER } from './timings.ts';
import type { ClientFrame, LiveError, ServerFrame } from './types.ts';

/** A request, and what becomes of its answer. */
export interface Asked {
  action: ClientFrame['action'];
  /** When the answer must have come. */
  dueAt: number;
  answered(frame: ServerFrame): void;
  /** It was refused, or not answered on a connection that is alive. */
  failed(error: LiveError): void;
  /** The connection is gone. */
  lost?(): void;
}

/** `ticket` and `opening`: no socket yet. `joining`: it subscribes and replays. `retiring`: its successor is live. */
export type Phase = 'ticket' | 'opening' | 'joining' | 'live' | 'retiring';

/** One connection, from the ticket that it needs to its close. Times are milliseconds, by the machine's clock. */
export class Link {
  readonly n: number;
  phase: Phase = 'ticket';
  /** When this phase must be over. */
  dueAt: number;
  /** When the last frame came. */
  heardAt = 0;
  /** When something was sent that must be answered; undefined: nothing is awaited. */
  awaitedSince: number | undefined;
  /** Half of the time for an answer is over: a heartbeat shows whether the socket is dead, or an answer only late. */
  isProbed = false;
  readonly asked = new Map<string, Asked>();
  readonly subs = new Map<string, 'asking' | 'on' | 'leaving'>();
  /** It takes over from a connection that is open still. */
  isHandover = false;
  /** A frame has come since its successor was begun. */
  isHeard = false;
  loginEndsAt: number | undefined;
  /** It is replaced because its login ends. */
  isLoginShort = false;
  liveAt = 0;
  pingAt = NEVER;
  checkAt = NEVER;
  replaceAt = NEVER;
  #requests = 0;

  constructor(n: number, dueAt: number) {
    this.n = n;
    this.dueAt = dueAt;
  }

  get isOpen(): boolean {
    return this.phase !== 'ticket' && this.phase !== 'opening';
  }

  /** @returns the id of the request */
  note(asked: Asked): string {
    const id = `${this.n}.${++this.#requests}`;
    this.asked.set(id, asked);
    return id;
  }

  /** What this channel brings comes by this connection. */
  hears(channel: string): boolean {
    return comesByItself(channel) || this.subs.get(channel) === 'on';
  }

  isAsking(action: Asked['action']): boolean {
    return [...this.asked.values()].some((asked) => asked.action === action);
  }
}
