import { keys } from '../keys/keys.ts';
import { type Runtime, seconds } from '../runtime/runtime.ts';
import type { Item, Table } from '../table/table.ts';

/** Long enough to open a socket, too short to be useful to somebody who finds it in a log. */
export const TICKET_SECONDS = 30;

/** Who connects, and until when (milliseconds since 1970) the login behind it holds. */
export interface TicketHolder {
  username: string;
  authExpiresAt: number;
}

export type HolderOutcome = { kind: 'valid'; holder: TicketHolder } | { kind: 'invalid' };
export type RedeemOutcome = { kind: 'redeemed' } | { kind: 'used' };

type TicketItem = Item & TicketHolder & { type: 'ticket'; expiresAt: number };

interface Dependencies {
  table: Table;
  runtime: Runtime;
}

/** Tickets let a browser open a WebSocket without a token in its URL. Only their hash is stored. */
export class TicketStore {
  readonly #table: Table;
  readonly #runtime: Runtime;

  constructor({ table, runtime }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
  }

  async issue(holder: TicketHolder): Promise<string> {
    const ticket = this.#runtime.newSecret();
    const expiresAt = seconds(this.#runtime.now()) + TICKET_SECONDS;
    const item: TicketItem = { ...keys.ticket(ticket), type: 'ticket', ...holder, expiresAt };
    await this.#table.write([{ put: item }]);
    return ticket;
  }

  /** Whom a ticket lets in. It is not used up by that. */
  async holderOf(ticket: string): Promise<HolderOutcome> {
    const item = await this.#table.get<TicketItem>(keys.ticket(ticket), { consistent: true });
    const now = this.#runtime.now();
    if (!item || item.expiresAt <= seconds(now) || item.authExpiresAt <= now) return { kind: 'invalid' };
    const { username, authExpiresAt } = item;
    return { kind: 'valid', holder: { username, authExpiresAt } };
  }

  /** Uses a ticket up. When two try at once, one of them succeeds. */
  async redeem(ticket: string): Promise<RedeemOutcome> {
    const write = { delete: keys.ticket(ticket), when: [{ attribute: 'pk', is: 'present' as const }] };
    return { kind: (await this.#table.write([write])).kind === 'written' ? 'redeemed' : 'used' };
  }
}
