import { type Runtime, seconds } from '../runtime.ts';
import { keys } from '../table/keys.ts';
import type { Item, Table } from '../table/table.ts';

/** Long enough to open a socket, too short to be useful to somebody who finds it in a log. */
export const TICKET_SECONDS = 30;

/** Who connects, and until when (milliseconds since 1970) the login behind it holds. */
export interface TicketHolder {
  username: string;
  authExpiresAt: number;
}

export type RedeemOutcome = { kind: 'redeemed'; holder: TicketHolder } | { kind: 'invalid' };

type TicketItem = Item & TicketHolder & { type: 'ticket'; expiresAt: number };

/** Tickets let a browser open a WebSocket without a token in its URL. Only their hash is stored. */
export class TicketStore {
  readonly #table: Table;
  readonly #runtime: Runtime;

  constructor(table: Table, runtime: Runtime) {
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

  /** Deletes a ticket and returns whose it was. When two try at once, one of them succeeds. */
  async redeem(ticket: string): Promise<RedeemOutcome> {
    const key = keys.ticket(ticket);
    const item = await this.#table.get<TicketItem>(key, { consistent: true });
    if (!item) return { kind: 'invalid' };
    const now = this.#runtime.now();
    const outcome = await this.#table.write([{ delete: key, when: [{ attribute: 'pk', is: 'present' }] }]);
    const { username, authExpiresAt, expiresAt } = item;
    if (outcome.kind === 'refused' || expiresAt <= seconds(now) || authExpiresAt <= now) return { kind: 'invalid' };
    return { kind: 'redeemed', holder: { username, authExpiresAt } };
  }
}
