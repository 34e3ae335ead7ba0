import { AccountStore } from './accounts/account-store.ts';
import { ConnectionStore } from './connections/connection-store.ts';
import { PresenceStore } from './connections/presence-store.ts';
import { TicketStore } from './connections/ticket-store.ts';
import { ConversationReader } from './conversations/conversation-reader.ts';
import { ConversationStore } from './conversations/conversation-store.ts';
import { InboxReader } from './conversations/inbox-reader.ts';
import { InboxStore } from './conversations/inbox-store.ts';
import { MessageStore } from './conversations/message-store.ts';
import { Counters } from './counters/counters.ts';
import { ErasureStore } from './erasure/erasure-store.ts';
import { ExportReader } from './erasure/export-reader.ts';
import { BlockStore } from './follows/block-store.ts';
import { DeliveryAdvisor } from './follows/delivery-advisor.ts';
import { FollowStore } from './follows/follow-store.ts';
import { OwnRelations } from './follows/own-relations.ts';
import type { ImageObjects } from './images/image-objects.ts';
import { ImageStore } from './images/image-store.ts';
import { s3ImageObjects } from './images/s3-image-objects.ts';
import { Limiter } from './limits/limiter.ts';
import { ReactionStore } from './reactions/reaction-store.ts';
import { type Runtime, realRuntime } from './runtime/runtime.ts';
import type { Settings } from './settings.ts';
import type { Table } from './table/table.ts';
import { ThoughtCache } from './thoughts/thought-cache.ts';
import { ThoughtLists } from './thoughts/thought-lists.ts';
import { ThoughtStore } from './thoughts/thought-store.ts';
import { LagStore } from './timelines/lag-store.ts';
import { MergedTimeline } from './timelines/merged-timeline.ts';
import { TimelineReader } from './timelines/timeline-reader.ts';
import { TimelineStore } from './timelines/timeline-store.ts';
import { UserStore } from './users/user-store.ts';

const imageObjectsOf = ({ images: { bucket } }: Settings): ImageObjects | undefined =>
  bucket === '' ? undefined : s3ImageObjects(bucket);

interface Dependencies {
  table: Table;
  settings: Settings;
  runtime?: Runtime;
  /** By default those in the bucket that the settings name. */
  imageObjects?: ImageObjects | undefined;
}

/** All stores, on one table and, when the settings name one, on one image bucket. */
export const createStores = ({
  table,
  settings,
  runtime = realRuntime,
  imageObjects = imageObjectsOf(settings),
}: Dependencies) => {
  const { feedShards, handleHoldMs, images: bucket, maxOnAll } = settings;
  const counters = new Counters({ table, runtime });
  const cache = new ThoughtCache({ table, runtime });
  const accounts = new AccountStore({ table, runtime });
  const exports = new ExportReader({ table });
  const erasures = new ErasureStore({ table, runtime, holdMs: handleHoldMs });
  const limiter = new Limiter({ table, runtime, rates: settings.limits });
  const users = new UserStore({ table, runtime, counters });
  const lists = new ThoughtLists({ table, runtime, cache, feedShards });
  const follows = new FollowStore({ table, runtime, counters, settings: settings.timelines });
  const blocks = new BlockStore({ table, runtime, counters });
  const ownRelations = new OwnRelations({ table });
  const thoughts = new ThoughtStore({ table, runtime, follows, counters, feedShards });
  const timelines = new TimelineStore({ table, entryMs: settings.timelines.entryMs });
  const presence = new PresenceStore({ table, runtime, settings: settings.timelines });
  const connections = new ConnectionStore({ table, runtime, maxOnAll });
  const tickets = new TicketStore({ table, runtime });
  const reactions = new ReactionStore({ table, thoughts, follows, counters });
  const images = new ImageStore({ objects: imageObjects, baseUrl: bucket.url, newId: runtime.newId });
  const advisor = new DeliveryAdvisor({ counters, thoughts, follows, runtime, settings: settings.delivery });
  const merged = new MergedTimeline({
    ...{ thoughts, lists, follows, timelines, presence, runtime },
    settings: settings.timelines,
  });
  const lag = new LagStore({ table, runtime });
  const reader = new TimelineReader({ cache, timelines, merged, advisor, runtime });
  const inboxes = new InboxStore({ table });
  const conversationReader = new ConversationReader({ table, runtime, inboxes });
  const messages = new MessageStore({ table, runtime, blocks, conversationReader });
  const conversations = new ConversationStore({ table, runtime, users, blocks, conversationReader, messages, inboxes });
  const inboxReader = new InboxReader({ inboxes, conversationReader, blocks });
  return {
    ...{
      accounts,
      erasures,
      exports,
      limiter,
      counters,
      thoughts,
      lists,
      users,
      follows,
      blocks,
      ownRelations,
      advisor,
      timelines,
      presence,
      connections,
      tickets,
      reactions,
      images,
    },
    ...{ reader, lag },
    ...{ inboxes, conversations, conversationReader, messages, inboxReader },
  };
};

export type Stores = ReturnType<typeof createStores>;
