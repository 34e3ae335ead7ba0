import { DAY, HOUR } from '../runtime.ts';

/** At most this many devices of one user hear live; the oldest connection gives way. */
export const MAX_CONNECTIONS = 20;
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export const CONNECTION_LIFETIME = 2 * HOUR;
const SEEN_AGAIN_AFTER = DAY;

/** One live socket, as a push needs to know it. Times are milliseconds since 1970. */
export interface LiveConnection {
  cid: string;
  connectedAt: number;
  /** When the login behind it ends, and the socket with it. */
  authExpiresAt: number;
}

/** Who is here, and since when. */
export interface Presence {
  username: string;
  lastSeenAt: number;
  /** The timeline was not kept while the user was away, and must be filled before it is shown. */
  needsRebuild: boolean;
  /** Up to which followed author a rebuild has come. */
  rebuiltTo?: string | undefined;
  connections: LiveConnection[];
}

const isLive = (connection: LiveConnection, nowMs: number): boolean =>
  connection.connectedAt + CONNECTION_LIFETIME > nowMs;

/** The presence of a user who was seen now: away for longer than `activeDays`, and the timeline needs a rebuild. */
export const seen = (username: string, presence: Presence | undefined, nowMs: number, activeDays: number): Presence => {
  if (!presence) return { username, lastSeenAt: nowMs, needsRebuild: true, connections: [] };
  const away = nowMs - presence.lastSeenAt;
  return {
    ...presence,
    lastSeenAt: away > SEEN_AGAIN_AFTER ? nowMs : presence.lastSeenAt,
    needsRebuild: presence.needsRebuild || away > activeDays * DAY,
    // What was filled before this absence lacks what was posted in it.
    rebuiltTo: away > activeDays * DAY ? undefined : presence.rebuiltTo,
  };
};

/** The same user with one more connection; those that must be over are forgotten. */
export const connected = (presence: Presence, connection: LiveConnection, nowMs: number): Presence => {
  const others = presence.connections.filter((other) => other.cid !== connection.cid && isLive(other, nowMs));
  return { ...presence, connections: [...others, connection].slice(-MAX_CONNECTIONS) };
};

export const disconnected = (presence: Presence, cid: string): Presence => ({
  ...presence,
  connections: presence.connections.filter((connection) => connection.cid !== cid),
});

/** Whether new thoughts are written into this user's timeline as they come. */
export const isActive = (presence: Presence | undefined, nowMs: number, activeDays: number): boolean =>
  presence !== undefined && nowMs - presence.lastSeenAt <= activeDays * DAY;
