import prices from './prices.json' with { type: 'json' };

/** Where a price was read, and the day of what was read there. */
export interface Sighting {
  date: string;
  url: string;
}

export interface Source {
  /** The seller's own page. */
  page: string;
  seen: Sighting[] | 'not verified';
}

/** Dollars. */
export interface Prices {
  dynamodb: Source & { millionWrites: number; millionReads: number; storageGbMonth: number; backupGbMonth: number };
  lambda: Source & { millionRequests: number; gbSecond: number };
  apiGateway: Source & { millionHttpRequests: number; millionMessages: number; millionConnectionMinutes: number };
  cloudWatch: Source & { logGb: number };
  live: Record<string, Source & { month: number; millionMessages: number; millionConnectionMinutes: number }>;
}

export const PRICES = prices as Prices;

/** The names of those whose price nobody has found in a public place. */
export const notVerified = ({ live, dynamodb, lambda, apiGateway, cloudWatch }: Prices): string[] =>
  Object.entries({ DynamoDB: dynamodb, Lambda: lambda, 'API Gateway': apiGateway, CloudWatch: cloudWatch, ...live })
    .filter(([, { seen }]) => seen === 'not verified')
    .map(([name]) => name);
