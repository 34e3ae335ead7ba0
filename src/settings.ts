import * as z from 'zod/mini';

const count = (fallback: number) => z._default(z.coerce.number().check(z.gte(1)), fallback);

/** 0: as fast as it goes. */
const rate = z._default(z.coerce.number().check(z.gte(0)), 0);

const Environment = z.object({
  TABLE_NAME: z.string().check(z.minLength(3)),
  USERNAME_CLAIM: z._default(z.string(), 'username'),
  FAN_OUT_PAGE_SIZE: count(1_000),
  FAN_OUT_WIDTH: count(16),
  ACTIVE_DAYS: count(30),
  FAN_OUT_WRITES_PER_SECOND: rate,
  FAN_OUT_PUSHES_PER_SECOND: rate,
  MAX_ON_ALL: count(1_000),
  FAILURE_BUCKET: z._default(z.string(), ''),
  IMAGE_BUCKET: z._default(z.string(), ''),
  IMAGE_URL: z._default(z.string(), ''),
});

/** What a deployment can set. */
export interface Settings {
  tableName: string;
  usernameClaim: string;
  fanOut: { pageSize: number; width: number; activeDays: number };
  /** What one invocation of the fan-out may do in a second; 0: as fast as it goes. */
  pace: { writes: number; pushes: number };
  maxOnAll: number;
  failureBucket: string;
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
  return {
    tableName: data.TABLE_NAME,
    usernameClaim: data.USERNAME_CLAIM,
    fanOut: { pageSize: data.FAN_OUT_PAGE_SIZE, width: data.FAN_OUT_WIDTH, activeDays: data.ACTIVE_DAYS },
    pace: { writes: data.FAN_OUT_WRITES_PER_SECOND, pushes: data.FAN_OUT_PUSHES_PER_SECOND },
    maxOnAll: data.MAX_ON_ALL,
    failureBucket: data.FAILURE_BUCKET,
    images: { bucket: data.IMAGE_BUCKET, url: data.IMAGE_URL },
  };
};
