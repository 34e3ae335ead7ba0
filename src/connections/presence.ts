import { DAY, HOUR } from '../runtime.ts';

/** At most this many devices of one user hear live; the oldest connection gives way. */
export const MAX_CONNECTIONS = 20;
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export const CONNECTION_LIFETIME = 2 * HOUR;
/** Being seen is written down at most once in so long. */
const SEEN_AGAIN_AFTER = DAY;
/** The fan-out goes on writing entries for so long after readers have stopped to rely on them: two hosts' clocks differ. */
export const ENTRIES_SLACK = DAY;

/** One live socket, as a push needs to know it. Times are milliseconds since 1970. */
export interface LiveConnection {
  cid: string;
  connectedAt: number;
  /** When the login behind it ends, and the socket with it. */
  authExpiresAt: number;
}

/** Who is here, and for which time entries are written for them. Times are milliseconds since 1970. */
export interface Presence {
  username: string;
  /** Thoughts that were made before this may have no entry. */
  entriesFrom: number;
  /** Until then the reader relies on entries. The fan-out writes them for a day longer; both sides read this number. */
  entriesUntil: number;
  connections: LiveConnection[];
}

export interface PresenceSettings {
  /** For how long after a user was seen entries are written. */
  activeMs: number;
  /** See `FollowSettings`. */
  marginMs: number;
}

const isLive = (connection: LiveConnection, nowMs: number): boolean =>
  connection.connectedAt + CONNECTION_LIFETIME > nowMs;

/** The presence of a user who was seen now. Whoever was away for too long has entries again from a margin later on. */
export const seen = (
  username: string,
  presence: Presence | undefined,
  nowMs: number,
  { activeMs, marginMs }: PresenceSettings,
): Presence => {
  const isAway = presence === undefined || nowMs > presence.entriesUntil;
  const isDue = isAway || nowMs + activeMs - presence.entriesUntil > SEEN_AGAIN_AFTER;
  return {
    username,
    entriesFrom: isAway ? nowMs + marginMs : presence.entriesFrom,
    entriesUntil: isDue ? nowMs + activeMs : presence.entriesUntil,
    connections: presence?.connections ?? [],
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

/** Whether the fan-out writes entries for this user. */
export const hasEntries = (presence: Presence | undefined, nowMs: number): boolean =>
  presence !== undefined && nowMs <= presence.entriesUntil + ENTRIES_SLACK;
