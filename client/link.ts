import { comesByItself } from './channels.ts';
import type { ResumeFrom } from './types.ts';

/** What was asked of the server, to know what its answer means. */
export type Asked =
  | { kind: 'subscribe' | 'unsubscribe'; names: string[] }
  | { kind: 'resume'; from: ResumeFrom[] }
  | { kind: 'history'; call: number }
  | { kind: 'ping' }
  | { kind: 'check'; authors: string[]; since: string | undefined; call: number | undefined };

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
  readonly asked = new Map<string, Asked & { dueAt: number }>();
  readonly subs = new Map<string, 'asking' | 'on' | 'leaving'>();
  /** It takes over from a connection that is open still. */
  isHandover = false;
  /** A frame has come since its successor was begun. */
  isHeard = false;
  loginEndsAt: number | undefined;
  /** It is replaced because its login ends. */
  isLoginShort = false;
  liveAt = 0;
  pingAt = Number.POSITIVE_INFINITY;
  checkAt = Number.POSITIVE_INFINITY;
  replaceAt = Number.POSITIVE_INFINITY;
  #requests = 0;

  constructor(n: number, dueAt: number) {
    this.n = n;
    this.dueAt = dueAt;
  }

  get isOpen(): boolean {
    return this.phase !== 'ticket' && this.phase !== 'opening';
  }

  /** @returns the id of the request */
  note(asked: Asked, dueAt: number): string {
    const id = `${this.n}.${++this.#requests}`;
    this.asked.set(id, { ...asked, dueAt });
    return id;
  }

  /** What this channel brings comes by this connection. */
  hears(channel: string): boolean {
    return comesByItself(channel) || this.subs.get(channel) === 'on';
  }

  isAsking(kind: Asked['kind']): boolean {
    for (const asked of this.asked.values()) if (asked.kind === kind) return true;
    return false;
  }
}
