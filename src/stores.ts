import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { Ambient } from './ambient.ts';
import { ConnectionStore } from './connections/connection-store.ts';
import { PresenceStore } from './connections/presence-store.ts';
import { TicketStore } from './connections/ticket-store.ts';
import { FollowStore } from './follows/follow-store.ts';
import { ImageStore } from './images/image-store.ts';
import { ReactionStore } from './reactions/reaction-store.ts';
import type { Settings } from './settings.ts';
import type { Table } from './table/table.ts';
import { ThoughtStore } from './thoughts/thought-store.ts';
import { TimelineReader } from './timelines/timeline-reader.ts';
import { TimelineStore } from './timelines/timeline-store.ts';
import { UserStore } from './users/user-store.ts';

export const realAmbient: Ambient = { now: Date.now, newId: () => v7(), random: Math.random };

const newTicket = (): string => randomBytes(32).toString('base64url');

/** Every store on one table. */
export const createStores = (table: Table, settings: Settings, ambient: Ambient = realAmbient) => {
  const thoughts = new ThoughtStore(table, ambient);
  const users = new UserStore(table, ambient);
  const follows = new FollowStore(table, ambient);
  const timelines = new TimelineStore(table);
  const presence = new PresenceStore(table, ambient, settings.fanOut.activeDays);
  const connections = new ConnectionStore(table, ambient, settings.maxOnAll);
  const tickets = new TicketStore(table, ambient, newTicket);
  const reactions = new ReactionStore(table, ambient);
  const images = new ImageStore(settings.images.bucket, settings.images.url, ambient.newId);
  const reader = new TimelineReader({ thoughts, follows, timelines, presence });
  return { thoughts, users, follows, timelines, presence, connections, tickets, reactions, images, reader };
};

export type Stores = ReturnType<typeof createStores>;
