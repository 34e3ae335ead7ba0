import { expect, it } from 'vitest';
import { UnreadableRecordError } from '../../../src/stream/decode.ts';
import { parkingReason } from '../../../src/stream/parking-reason.ts';

it.each([
  [
    'an error of ours with its code',
    new UnreadableRecordError('odd'),
    { name: 'UnreadableRecordError', code: 'unreadable_record', message: 'odd' },
  ],
  ['an error without a code', new TypeError('odd'), { name: 'TypeError', message: 'odd' }],
  ['anything else as text', 'odd', { message: 'odd' }],
])('the reason why a record was parked names %s', (_what, error, reason) => {
  expect(parkingReason(error)).toEqual(reason);
});
