import type { Ports } from './services.ts';
import { STACK_FILE } from './stack.ts';

/** The options of the command line. */
export type Options = {
  aws?: boolean;
  data?: string;
  engine?: string;
  ttlDelay?: string;
  pollMs?: string;
  state?: string;
  freePorts?: boolean;
  faults?: string;
  seed?: string;
} & { [Name in keyof Ports as `${Name}Port`]?: string };

export const OPTIONS = {
  aws: { type: 'boolean', usage: "Use AWS and not the laptop's services" },
  data: { type: 'string', usage: 'Keep the data in this folder; in memory when left out' },
  engine: { type: 'string', usage: 'What keeps the table: embedded (needs nothing), or dynamodb-local (needs Java)' },
  ttlDelay: { type: 'string', usage: "Seconds from an item's time to live until it goes (default: 0)" },
  pollMs: { type: 'string', usage: 'Ask the stream so often, as AWS does every 250 ms (default: when it has records)' },
  state: { type: 'string', usage: `Where to note the URLs (default: ${STACK_FILE})` },
  freePorts: { type: 'boolean', usage: 'Take free ports in place of the usual ones' },
  faults: { type: 'string', usage: 'A file that says how likely each fault is (local/faults/faults.yml)' },
  seed: { type: 'string', usage: 'With --faults: the same seed, the same chances' },
  issuerPort: { type: 'string', usage: 'Port of the token issuer' },
  dynamodbPort: { type: 'string', usage: 'Port of the table' },
  s3Port: { type: 'string', usage: 'Port of the buckets' },
  pagePort: { type: 'string', usage: 'Port of the page' },
};
