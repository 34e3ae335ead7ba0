import type { Prices } from './prices.ts';
import units from './units.json' with { type: 'json' };
import { ENTRY_MONTHS, eventsOf, type Workload } from './workload.ts';

export interface Line {
  what: string;
  /** A month. */
  dollars: number;
}

/** Pages were measured with no edge that is merged, and with so many. */
const MEASURED_PUSH_EDGES = 100;
/** Bytes stored, with the 100 that DynamoDB adds to each item and to its copy in the index. */
const THOUGHT_BYTES = 1_200;
const ENTRY_BYTES = 250;
const MONTHS_OF_THOUGHTS = 12;
const REQUEST_SECONDS = 0.03;
const REQUEST_GB = 0.5;
/** Followers of a second of the stream function, with its 1 GB: what its rate allows (`fanOutWritesPerSecond`). */
const FOLLOWERS_A_SECOND = 2_000;
const LOG_BYTES = 400;
const MILLION = 1e6;
const GB = 1e9;

const { page_warm: page, page_100_push: merged } = units;

/** What a page takes more for each edge that is merged. (The writes that were measured are of one edge that changed its kind.) */
const READS_OF_A_MERGED_EDGE = (merged.reads - page.reads) / MEASURED_PUSH_EDGES;

/** Read units of a month. Presence is read twice when an entry is written, and once for a follower who was not active lately. */
const readsOf = (events: ReturnType<typeof eventsOf>): number =>
  events.thoughts * (units.post.reads + units.announce.reads) +
  events.pages * (page.reads + events.pushEdges * READS_OF_A_MERGED_EDGE) +
  events.entries * units.follower_entry.reads +
  (events.deliveriesOfEntries - events.entries) * units.follower_away.reads +
  events.deliveriesOfPushes * units.follower_push.reads +
  events.connections * (units.connection.reads + units.resume_nothing_new.reads) +
  events.pings * units.ping_idle.reads +
  events.checks * units.ping_full.reads;

/** Write units of a month. Who was not here lately is looked at, and gets no entry. */
const writesOf = (events: ReturnType<typeof eventsOf>): number =>
  events.thoughts * (units.post.writes + units.announce.writes) +
  events.entries * units.follower_entry.writes +
  events.connections * units.connection.writes;

/** Dollars of a month after a year, line by line. */
export const costOf = (workload: Workload, prices: Prices): Line[] => {
  const events = eventsOf(workload);
  const { dynamodb, lambda, apiGateway, cloudWatch } = prices;
  const entriesKept = events.entries * ENTRY_MONTHS;
  const stored = (events.thoughts * MONTHS_OF_THOUGHTS * THOUGHT_BYTES + entriesKept * ENTRY_BYTES) / GB;
  // A ticket for each connection; API Gateway answers heartbeats by itself.
  const requests = events.thoughts + events.pages + events.connections;
  const frames = events.connections * 3 + events.pings + events.checks;
  const deliveries = events.deliveriesOfEntries + events.deliveriesOfPushes;
  const computed = (requests + frames) * REQUEST_SECONDS * REQUEST_GB + deliveries / FOLLOWERS_A_SECOND;
  const invocations = requests + frames + events.thoughts;
  return [
    { what: 'DynamoDB writes', dollars: (writesOf(events) / MILLION) * dynamodb.millionWrites },
    { what: 'DynamoDB reads', dollars: (readsOf(events) / MILLION) * dynamodb.millionReads },
    { what: 'DynamoDB storage and backup', dollars: stored * (dynamodb.storageGbMonth + dynamodb.backupGbMonth) },
    { what: 'HTTP requests', dollars: (requests / MILLION) * apiGateway.millionHttpRequests },
    { what: 'WebSocket messages', dollars: (messagesHere(events) / MILLION) * apiGateway.millionMessages },
    {
      what: 'WebSocket connections',
      dollars: (events.connectionMinutes / MILLION) * apiGateway.millionConnectionMinutes,
    },
    {
      what: 'Functions',
      dollars: (invocations / MILLION) * lambda.millionRequests + computed * lambda.gbSecond,
    },
    { what: 'Logs', dollars: ((invocations * LOG_BYTES) / GB) * cloudWatch.logGb },
  ];
};

/** Of a connection's resumes, pings, checks and heartbeats there is a message each way. */
const messagesHere = ({ pushes, connections, pings, checks, heartbeats }: ReturnType<typeof eventsOf>): number =>
  pushes + 2 * (connections + pings + checks + heartbeats);

/**
 * What the same pushes and connections cost elsewhere: that part of the bill alone, for nothing is stored or read there.
 * Elsewhere what is published counts as a message as well, and the service keeps a connection alive by itself.
 */
export const liveElsewhere = (workload: Workload, { live, apiGateway }: Prices): Line[] => {
  const events = eventsOf(workload);
  const line = (what: string, messages: number, price: Prices['live'][string]): Line => ({
    what,
    dollars:
      price.month +
      (messages / MILLION) * price.millionMessages +
      (events.connectionMinutes / MILLION) * price.millionConnectionMinutes,
  });
  return [
    line('API Gateway, as here', messagesHere(events), { month: 0, ...apiGateway }),
    ...Object.entries(live).map(([what, price]) => line(what, events.thoughts + events.pushes, price)),
  ];
};
