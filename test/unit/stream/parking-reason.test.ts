import { expect, it } from 'vitest';
import { TooDeepError } from '../../../src/fan-out/fan-out.ts';
import { parkingReason } from '../../../src/stream/parking-reason.ts';

it.each([
  [
    'an error of ours with its code',
    new TooDeepError('deep'),
    { name: 'TooDeepError', code: 'fan_out_too_deep', message: 'deep' },
  ],
  ['an error without a code', new TypeError('odd'), { name: 'TypeError', message: 'odd' }],
  ['anything else as text', 'odd', { message: 'odd' }],
])('the reason why a record was parked names %s', (_what, error, reason) => {
  expect(parkingReason(error)).toEqual(reason);
});
