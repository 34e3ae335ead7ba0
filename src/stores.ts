import { ConnectionStore } from './connections/connection-store.ts';
import { PresenceStore } from './connections/presence-store.ts';
import { TicketStore } from './connections/ticket-store.ts';
import { FollowStore } from './follows/follow-store.ts';
import { ImageStore } from './images/image-store.ts';
import { ReactionStore } from './reactions/reaction-store.ts';
import { type Runtime, realRuntime } from './runtime.ts';
import type { Settings } from './settings.ts';
import type { Table } from './table/table.ts';
import { ThoughtStore } from './thoughts/thought-store.ts';
import { TimelineReader } from './timelines/timeline-reader.ts';
import { TimelineStore } from './timelines/timeline-store.ts';
import { UserStore } from './users/user-store.ts';

/** Every store on one table. */
export const createStores = (table: Table, settings: Settings, runtime: Runtime = realRuntime) => {
  const thoughts = new ThoughtStore(table, runtime);
  const users = new UserStore(table, runtime);
  const follows = new FollowStore(table, runtime);
  const timelines = new TimelineStore(table);
  const presence = new PresenceStore(table, runtime, settings.fanOut.activeDays);
  const connections = new ConnectionStore(table, runtime, settings.maxOnAll);
  const tickets = new TicketStore(table, runtime);
  const reactions = new ReactionStore(table, runtime);
  const images = new ImageStore(settings.images.bucket, settings.images.url, runtime.newId);
  const reader = new TimelineReader({ thoughts, follows, timelines, presence });
  return { thoughts, users, follows, timelines, presence, connections, tickets, reactions, images, reader };
};

export type Stores = ReturnType<typeof createStores>;
