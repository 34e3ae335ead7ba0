import { DAY, HOUR } from '../runtime/runtime.ts';

/** At most this many devices of one user hear live; the oldest connection gives way. */
export const MAX_CONNECTIONS = 20;
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export const CONNECTION_LIFETIME = 2 * HOUR;
/** Presence is written at most once in this time, in milliseconds. */
const SEEN_AGAIN_AFTER = DAY;
/** The fan-out writes entries for this long after `entriesUntil`, because the clocks of two hosts differ. */
export const ENTRIES_SLACK = DAY;

/** One live socket, as a push needs to know it. Times are milliseconds since 1970. */
export interface LiveConnection {
  connectionId: string;
  connectedAt: number;
  /** When the login behind it ends, and the socket with it. */
  authExpiresAt: number;
}

/** Who is here, and for which time entries are written for them. Times are milliseconds since 1970. */
export interface Presence {
  username: string;
  /** Thoughts made before this time may have no entry. */
  entriesFrom: number;
  /** The reader relies on entries until this time. The fan-out writes them for one day longer. Both sides read this number. */
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

/** The presence of a user who was seen now. After a long absence, entries are complete again from now plus the margin. */
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

/** Adds a connection, and drops those whose login or whose two hours have ended. */
export const connected = (presence: Presence, connection: LiveConnection, nowMs: number): Presence => {
  const others = presence.connections.filter(
    (other) => other.connectionId !== connection.connectionId && isLive(other, nowMs),
  );
  return { ...presence, connections: [...others, connection].slice(-MAX_CONNECTIONS) };
};

export const disconnected = (presence: Presence, connectionId: string): Presence => ({
  ...presence,
  connections: presence.connections.filter((connection) => connection.connectionId !== connectionId),
});

/** Whether the fan-out writes entries for this user. */
export const hasEntries = (presence: Presence | undefined, nowMs: number): boolean =>
  presence !== undefined && nowMs <= presence.entriesUntil + ENTRIES_SLACK;
