import type { Check } from '../check.ts';
import { BUCKETS } from './buckets.ts';
import { HTTP } from './http.ts';
import { SOCKETS } from './sockets.ts';
import { STREAM } from './stream.ts';
import { TRANSACTIONS } from './transactions.ts';

export const CHECKS: Check[] = [...TRANSACTIONS, ...STREAM, ...SOCKETS, ...HTTP, ...BUCKETS];
