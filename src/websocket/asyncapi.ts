import * as z from 'zod/mini';
import { ClientFrames, ServerFrames } from './frames.ts';

const messages = (schemas: Record<string, z.ZodMiniType>, io: 'input' | 'output') =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _, ...payload } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
      return [name, { name, contentType: 'application/json', payload }];
    }),
  );

const references = (names: string[]) => names.map((name) => ({ $ref: `#/channels/socket/messages/${name}` }));

/** The WebSocket protocol's reference, made of the schemas that check its frames. */
export const asyncApi = () => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Deep Thoughts, live',
    version: '1.0.0',
    description:
      'Connect with `?ticket=…` from `POST /tickets`. A connection hears its own timeline without asking; every frame with an `id` is answered with the same `id`.',
  },
  channels: {
    socket: {
      address: '/',
      messages: { ...messages(ClientFrames, 'input'), ...messages(ServerFrames, 'output') },
      bindings: { ws: { query: { type: 'object', properties: { ticket: { type: 'string' } }, required: ['ticket'] } } },
    },
  },
  operations: {
    send: {
      action: 'receive',
      channel: { $ref: '#/channels/socket' },
      messages: references(Object.keys(ClientFrames)),
    },
    hear: { action: 'send', channel: { $ref: '#/channels/socket' }, messages: references(Object.keys(ServerFrames)) },
  },
});
