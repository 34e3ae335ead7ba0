import * as z from 'zod/mini';
import type { DeliverySettings } from './follows/delivery-rule.ts';
import { type Rates, readRates } from './limits/rates.ts';
import { DAY } from './runtime/runtime.ts';

const count = (fallback: number) => z._default(z.coerce.number().check(z.gte(1)), fallback);

/** An audience is split in one transaction of at most 100 writes: one for each task, and one for the mark of the split. */
const MOST_WIDTH = 99;

/** 0: as fast as it goes. */
const rate = z._default(z.coerce.number().check(z.gte(0)), 0);

const Environment = z.object({
  TABLE_NAME: z.string().check(z.minLength(3)),
  USERNAME_CLAIM: z._default(z.string(), 'username'),
  TAKE_OVER_PROFILES: z._default(z.enum(['true', 'false']), 'false'),
  FAN_OUT_PAGE_SIZE: count(1_000),
  FAN_OUT_WIDTH: z._default(z.coerce.number().check(z.gte(1), z.lte(MOST_WIDTH)), 16),
  ACTIVE_DAYS: count(30),
  FEED_SHARDS: count(4),
  RETENTION_DAYS: count(30),
  ENTRY_DAYS: count(31),
  MARGIN_SECONDS: z._default(z.coerce.number().check(z.gte(60)), 60),
  PUSH_POSTS_PER_DAY: z._default(z.coerce.number().check(z.gte(0)), 0.4),
  PUSH_FOLLOWERS: z._default(z.coerce.number().check(z.gte(0)), 500_000),
  MAX_PUSH_EDGES: z._default(z.coerce.number().check(z.gte(0)), 400),
  FAN_OUT_WRITES_PER_SECOND: rate,
  FAN_OUT_PUSHES_PER_SECOND: rate,
  MAX_ON_ALL: count(1_000),
  HANDLE_HOLD_DAYS: count(365),
  LIMITS: z._default(z.string(), ''),
  FAILURE_BUCKET: z._default(z.string(), ''),
  METRICS_SERVICE: z._default(z.string(), ''),
  IMAGE_BUCKET: z._default(z.string(), ''),
  IMAGE_URL: z._default(z.string(), ''),
});

/** How a login gets its handle. */
export interface LoginSettings {
  /** The claim of the access token whose value becomes the handle without asking, if it is valid and free. */
  usernameClaim: string;
  /** Whether such a claim also takes over a profile of the first edition, which belongs to no account yet. */
  takesOverProfiles: boolean;
}

/** What a deployment can set. */
export interface Settings {
  tableName: string;
  login: LoginSettings;
  fanOut: { pageSize: number; width: number };
  /** How timelines are made. `docs/operations.md` explains each; times are milliseconds. */
  timelines: { activeMs: number; retentionMs: number; entryMs: number; marginMs: number };
  delivery: DeliverySettings;
  /** Over how many partitions the feed of all thoughts is spread. */
  feedShards: number;
  /** What one invocation of the fan-out may do in a second; 0: as fast as it goes. */
  fanOutRates: { writes: number; pushes: number };
  maxOnAll: number;
  limits: Rates;
  /** How long the handle of an erased person stays reserved, in milliseconds. */
  handleHoldMs: number;
  failureBucket: string;
  /** The service name of the metrics; empty writes none. */
  metricsService: string;
  images: { bucket: string; url: string };
}

/** @throws Error that names the variable which is missing or wrong */
export const readSettings = (environment: Record<string, string | undefined>): Settings => {
  const result = Environment.safeParse(environment);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The environment is not complete: ${faults.join('; ')}`);
  }
  const { data } = result;
  if (data.ENTRY_DAYS < data.RETENTION_DAYS + 1) {
    throw new Error('The environment is not complete: ENTRY_DAYS must be RETENTION_DAYS and a day, at least');
  }
  return {
    tableName: data.TABLE_NAME,
    login: { usernameClaim: data.USERNAME_CLAIM, takesOverProfiles: data.TAKE_OVER_PROFILES === 'true' },
    fanOut: { pageSize: data.FAN_OUT_PAGE_SIZE, width: data.FAN_OUT_WIDTH },
    timelines: {
      activeMs: data.ACTIVE_DAYS * DAY,
      retentionMs: data.RETENTION_DAYS * DAY,
      entryMs: data.ENTRY_DAYS * DAY,
      marginMs: data.MARGIN_SECONDS * 1_000,
    },
    feedShards: data.FEED_SHARDS,
    delivery: {
      pushPostsPerDay: data.PUSH_POSTS_PER_DAY,
      pushFollowers: data.PUSH_FOLLOWERS,
      maxPushEdges: data.MAX_PUSH_EDGES,
    },
    fanOutRates: { writes: data.FAN_OUT_WRITES_PER_SECOND, pushes: data.FAN_OUT_PUSHES_PER_SECOND },
    maxOnAll: data.MAX_ON_ALL,
    limits: readRates(data.LIMITS),
    handleHoldMs: data.HANDLE_HOLD_DAYS * DAY,
    failureBucket: data.FAILURE_BUCKET,
    metricsService: data.METRICS_SERVICE,
    images: { bucket: data.IMAGE_BUCKET, url: data.IMAGE_URL },
  };
};
