import { expect, it } from 'vitest';
import { expiryDelayMs } from '../../../../../local/aws/dynamodb/time-to-live.ts';

it.each([
  [0, 0],
  [0.5, 675],
  [0.999_999_9, 48 * 3_600],
])('an expired item goes within minutes in most cases, and within two days in all: chance %s', (chance, seconds) => {
  expect(Math.round(expiryDelayMs(chance) / 1_000)).toBe(seconds);
});
