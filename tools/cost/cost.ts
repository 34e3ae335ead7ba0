/** What people do. */
export interface Workload {
  people: number;
  /** Thoughts that a person posts a day. */
  posts: number;
  /** Followers of an author, on average. */
  followers: number;
  /** Pages of 20 that a person reads a day. */
  pages: number;
  /** The share of people that is connected at any time, from 0 to 1. */
  online: number;
  /** The share of people that came in the last 30 days, from 0 to 1: for these entries are written. */
  active: number;
}

/** Dollars, as prices.json has them. */
export interface Prices {
  dynamodb: { millionWrites: number; millionReads: number; storageGbMonth: number; backupGbMonth: number };
  lambda: { millionRequests: number; gbSecond: number };
  apiGateway: { millionHttpRequests: number; millionMessages: number; millionConnectionMinutes: number };
  cloudWatch: { logGb: number };
  live: Record<string, { month: number; millionMessages: number; millionConnectionMinutes: number }>;
}

export interface Line {
  what: string;
  /** A month. */
  dollars: number;
}

/**
 * Units of one thing done, by docs/access-patterns.md, and as measured by `npm run bench -- fan-out` (docs/scale.md). A
 * thought has under 1 KB and no topic.
 */
const UNITS = {
  post: { reads: 1, writes: 4 },
  /** Of a timeline: 2 reads, 20 thoughts of half a unit each, 3 edges for each of about 10 authors. */
  page: { reads: 42, writes: 0 },
  /** Of the fan-out, for each follower. */
  follower: { reads: 2.03, writes: 1.003 },
  connection: { reads: 5, writes: 5 },
  /** Of a ping, for each author that it asks after: 352 for 100. */
  pingAuthor: { reads: 3.52, writes: 0 },
} as const;

const DAYS = 30;
const MINUTES_OF_A_MONTH = DAYS * 24 * 60;
/** API Gateway ends a connection after two hours. */
const CONNECTION_MINUTES = 120;
/** The client pings every four minutes of silence. */
const PING_MINUTES = 4;
/** A ping asks after so many authors at most. */
const PING_AUTHORS = 100;
const ENTRY_DAYS = 90;
/** Bytes stored, with what DynamoDB adds to an item and to its copy in the index. */
const THOUGHT_BYTES = 1_200;
const ENTRY_BYTES = 250;
const MONTHS_OF_THOUGHTS = 12;
const REQUEST_SECONDS = 0.03;
const REQUEST_GB = 0.5;
/** Followers of a second of the stream function, with its 1 GB: what its pace allows (`fanOutWritesPerSecond`). */
const FOLLOWERS_A_SECOND = 2_000;
const LOG_BYTES = 400;
const MILLION = 1e6;
const GB = 1e9;

/** How often things happen in a month. */
export const eventsOf = ({ people, posts, followers, pages, online, active }: Workload) => {
  const thoughts = people * posts * DAYS;
  const connectionMinutes = people * online * MINUTES_OF_A_MONTH;
  return {
    thoughts,
    pages: people * pages * DAYS,
    deliveries: thoughts * followers,
    entries: thoughts * followers * active,
    pushes: thoughts * followers * online,
    connectionMinutes,
    connections: connectionMinutes / CONNECTION_MINUTES,
    pings: connectionMinutes / PING_MINUTES,
  };
};

/** Dollars of a month after a year, line by line. */
export const costOf = (workload: Workload, prices: Prices): Line[] => {
  const events = eventsOf(workload);
  const { dynamodb, lambda, apiGateway, cloudWatch } = prices;
  const { post, page, follower, connection, pingAuthor } = UNITS;
  // On average a person follows as many as an author is followed by.
  const asked = events.pings * Math.min(PING_AUTHORS, workload.followers);
  const reads =
    events.thoughts * post.reads +
    events.pages * page.reads +
    events.deliveries * follower.reads +
    events.connections * connection.reads +
    asked * pingAuthor.reads;
  const writes =
    events.thoughts * post.writes + events.entries * follower.writes + events.connections * connection.writes;
  const entriesKept = (events.entries * ENTRY_DAYS) / DAYS;
  const stored = (events.thoughts * MONTHS_OF_THOUGHTS * THOUGHT_BYTES + entriesKept * ENTRY_BYTES) / GB;
  const requests = events.thoughts + events.pages + events.connections;
  const frames = events.connections * 2 + events.pings;
  const computed = (requests + frames) * REQUEST_SECONDS * REQUEST_GB + events.deliveries / FOLLOWERS_A_SECOND;
  // Pings are answered: a message each way.
  const messages = events.pushes + events.pings * 2;
  return [
    { what: 'DynamoDB writes', dollars: (writes / MILLION) * dynamodb.millionWrites },
    { what: 'DynamoDB reads', dollars: (reads / MILLION) * dynamodb.millionReads },
    { what: 'DynamoDB storage and backup', dollars: stored * (dynamodb.storageGbMonth + dynamodb.backupGbMonth) },
    { what: 'HTTP requests', dollars: (requests / MILLION) * apiGateway.millionHttpRequests },
    { what: 'WebSocket messages', dollars: (messages / MILLION) * apiGateway.millionMessages },
    {
      what: 'WebSocket connections',
      dollars: (events.connectionMinutes / MILLION) * apiGateway.millionConnectionMinutes,
    },
    {
      what: 'Functions',
      dollars: ((requests + frames + events.thoughts) / MILLION) * lambda.millionRequests + computed * lambda.gbSecond,
    },
    { what: 'Logs', dollars: (((requests + frames + events.thoughts) * LOG_BYTES) / GB) * cloudWatch.logGb },
  ];
};

/** What the same pushes and connections cost elsewhere: that part of the bill alone, for nothing is stored or read there. */
export const liveElsewhere = (workload: Workload, { live, apiGateway }: Prices): Line[] => {
  const { pushes, pings, connectionMinutes } = eventsOf(workload);
  const own = { month: 0, ...apiGateway };
  return Object.entries({ 'API Gateway, as here': own, ...live }).map(([what, price]) => ({
    what,
    dollars:
      price.month +
      // Elsewhere the service keeps the connection alive by itself.
      ((pushes + (price === own ? pings * 2 : 0)) / MILLION) * price.millionMessages +
      (connectionMinutes / MILLION) * price.millionConnectionMinutes,
  }));
};
