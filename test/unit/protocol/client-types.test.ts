import { expectTypeOf, it } from 'vitest';
import type * as z from 'zod/mini';
import type {
  ServerFrame as Heard,
  MessageEvent as HeardMessage,
  ClientFrame as Sent,
  ThoughtEvent,
} from '../../../client/types.ts';
import type { Action, ClientFrames } from '../../../src/protocol/client-frames.ts';
import type { MessageEvent } from '../../../src/protocol/message-event.ts';
import type { ServerFrame } from '../../../src/protocol/server-frames.ts';
import type { ThoughtEvent as Event } from '../../../src/protocol/thought-event.ts';

/** What a client may send: what has a default may be left out. */
type ClientFrame = { [A in Action]: z.input<(typeof ClientFrames)[A]> }[Action];
/** The client tells apart by `type` what the schema has in one: an event with its thought, and one without. */
type Loose<Frame> = Frame extends { type: 'messages' }
  ? { type: 'messages'; events: MessageEvent[] }
  : Frame extends { type: 'replay' }
    ? Omit<Frame, 'events' | 'messages'> & { events: Event[]; messages?: MessageEvent[] | undefined }
    : Frame extends { events: unknown }
      ? Omit<Frame, 'events'> & { events: Event[] }
      : Frame;
/** The gateway answers this one, so the function's schemas don't have it. */
type Function<Frame> = Exclude<Frame, { action: 'heartbeat' }>;

/** The client stands alone and has types of its own; `tsc` fails here when they are not the server's any more. */
it('the types of the client are those of the schemas', () => {
  expectTypeOf<ServerFrame>().toExtend<Loose<Heard>>();
  expectTypeOf<ServerFrame['type']>().toEqualTypeOf<Heard['type']>();
  expectTypeOf<Function<Sent>>().toExtend<ClientFrame>();
  expectTypeOf<Exclude<ClientFrame['action'], Sent['action']>>().toEqualTypeOf<never>();
  expectTypeOf<ThoughtEvent>().toExtend<Event>();
  expectTypeOf<keyof Event>().toEqualTypeOf<keyof ThoughtEvent>();
  expectTypeOf<HeardMessage>().toExtend<MessageEvent>();
  expectTypeOf<keyof MessageEvent>().toEqualTypeOf<keyof HeardMessage>();
});
