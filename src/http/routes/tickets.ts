import * as z from 'zod/mini';
import { TICKET_SECONDS, type TicketStore } from '../../connections/ticket-store.ts';
import { route } from '../route.ts';

interface Dependencies {
  tickets: TicketStore;
}

const TicketView = z
  .object({
    ticket: z.string(),
    expiresIn: z.int().check(z.meta({ description: 'Seconds' })),
    loginExpiresAt: z
      .string()
      .check(z.meta({ format: 'date-time', description: 'When the connection ends, with the login behind it' })),
  })
  .check(z.meta({ id: 'Ticket' }));

export const ticketRoutes = ({ tickets }: Dependencies) => ({
  'POST /tickets': route({
    summary: 'A ticket that opens one WebSocket connection',
    auth: 'user',
    limit: 'tickets',
    responses: { 201: TicketView },
    async handle(_, { username, authExpiresAt }) {
      const ticket = await tickets.issue({ username, authExpiresAt });
      const body = { ticket, expiresIn: TICKET_SECONDS, loginExpiresAt: new Date(authExpiresAt).toISOString() };
      return { status: 201, body, headers: { 'cache-control': 'no-store' } };
    },
  }),
});
