import type * as z from 'zod/mini';
import { SchemaComponents } from '../schemas/schema-components.ts';
import { ClientFrames } from './client-frames.ts';
import { HEARTBEAT } from './heartbeat.ts';
import { ServerFrames } from './server-frames.ts';
import { SUBPROTOCOL } from './version.ts';

const HEARTBEAT_PAYLOAD = {
  type: 'object',
  properties: { action: { type: 'string', const: HEARTBEAT.action } },
  required: ['action'],
};

const message = (name: string, payload: object) => ({ name, contentType: 'application/json', payload });

/** A client's `heartbeat` and a server's share their name, so each message says whose it is. */
const messagesOf = (
  whose: 'client' | 'server',
  schemas: Record<string, z.ZodMiniType>,
  components: SchemaComponents,
): Record<string, object> =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const payload = components.schema(schema, whose === 'client' ? 'input' : 'output');
      return [`${whose}.${name}`, message(name, payload)];
    }),
  );

const references = (names: string[]) => names.map((name) => ({ $ref: `#/channels/socket/messages/${name}` }));

/** The WebSocket protocol's reference, made of the schemas that check its frames. */
export const asyncApi = () => {
  const components = new SchemaComponents('draft-7');
  const fromClient = {
    ...messagesOf('client', ClientFrames, components),
    'client.heartbeat': message('heartbeat', HEARTBEAT_PAYLOAD),
  };
  const fromServer = messagesOf('server', ServerFrames, components);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Deep Thoughts, live',
      version: '1.0.0',
      description: `Connect with \`?ticket=…\` from \`POST /tickets\` and the subprotocol \`${SUBPROTOCOL}\`. A connection hears its own timeline without asking; every frame with an \`id\` is answered with the same \`id\`.`,
    },
    channels: {
      socket: {
        address: '/',
        messages: { ...fromClient, ...fromServer },
        bindings: {
          ws: {
            method: 'GET',
            query: { type: 'object', properties: { ticket: { type: 'string' } }, required: ['ticket'] },
            headers: {
              type: 'object',
              properties: { 'Sec-WebSocket-Protocol': { type: 'string', const: SUBPROTOCOL } },
            },
            bindingVersion: '0.1.0',
          },
        },
      },
    },
    operations: {
      send: {
        action: 'receive',
        channel: { $ref: '#/channels/socket' },
        messages: references(Object.keys(fromClient)),
      },
      hear: {
        action: 'send',
        channel: { $ref: '#/channels/socket' },
        messages: references(Object.keys(fromServer)),
      },
    },
    components: { schemas: components.schemas },
  };
};
