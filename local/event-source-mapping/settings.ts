import * as z from 'zod';

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
const StreamEvent = z
  .strictObject({
    // Lambda's own default is 100; the framework deploys 10 when nothing is said.
    batchSize: z.int().min(1).max(10_000).default(10),
    batchWindow: z.int().min(0).max(300).default(0),
    parallelizationFactor: z.int().min(1).max(10).default(1),
    startingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).default('TRIM_HORIZON'),
    maximumRetryAttempts: z.int().min(-1).max(10_000).default(-1),
    maximumRecordAgeInSeconds: z.union([z.literal(-1), z.int().min(60).max(604_800)]).default(-1),
    bisectBatchOnFunctionError: z.boolean().default(false),
    functionResponseType: z.literal('ReportBatchItemFailures').optional(),
    filterPatterns: z.array(z.record(z.string(), z.unknown())).max(5).default([]),
    tumblingWindowInSeconds: z.int().min(0).max(900).default(0),
    destinations: z
      .undefined({ error: 'only a bucket is supported here, by DestinationConfig of the mapping; leave them out' })
      .optional(),
    enabled: z.boolean().default(true),
  })
  .refine(
    ({ tumblingWindowInSeconds, parallelizationFactor }) =>
      tumblingWindowInSeconds === 0 || parallelizationFactor === 1,
    {
      path: ['parallelizationFactor'],
      error: 'must be 1 here with a tumbling window, whose state is that of a shard',
    },
  );

/** How a stream is turned into invocations: the settings of Lambda's event source mapping. */
export interface MappingSettings {
  batchSize: number;
  /** How long to wait for a batch to fill. */
  batchWindowMs: number;
  parallelizationFactor: number;
  startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** -1: without end. */
  maximumRetryAttempts: number;
  /** -1: any age. */
  maximumRecordAgeMs: number;
  bisectBatchOnFunctionError: boolean;
  reportBatchItemFailures: boolean;
  filterPatterns: Record<string, unknown>[];
  /** 0: no tumbling window. */
  tumblingWindowMs: number;
}

/**
 * Reads a `stream` event as serverless.yml has it.
 * @throws Error that names the setting which is wrong or not supported
 */
export const readMappingSettings = (event: unknown): MappingSettings => {
  const result = StreamEvent.safeParse(event);
  if (!result.success) {
    const faults = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new Error(`The stream event can't be used: ${faults.join('; ')}`);
  }
  const { batchWindow, maximumRecordAgeInSeconds, functionResponseType, tumblingWindowInSeconds, ...same } =
    result.data;
  return {
    ...same,
    batchWindowMs: batchWindow * 1000,
    maximumRecordAgeMs: maximumRecordAgeInSeconds < 0 ? -1 : maximumRecordAgeInSeconds * 1000,
    reportBatchItemFailures: functionResponseType !== undefined,
    tumblingWindowMs: tumblingWindowInSeconds * 1000,
  };
};
