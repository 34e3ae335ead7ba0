import { expect, it } from 'vitest';
import { History } from '../../../tools/simulation/history.ts';
import { Trace } from '../../../tools/simulation/trace.ts';

const LIMITED = { status: 429, body: { code: 'rate_limited' } };

it.each([
  { route: 'GET /timeline', few: 10, withinMs: 10_000 },
  { route: 'PUT /users/me', few: 9, withinMs: 60_000 },
])('a person with $few requests such as $route is not limited', ({ route, few, withinMs }) => {
  let now = 1_000_000;
  const history = new History({
    ...{ now: () => now, trace: new Trace(() => now, false), onItsWayMs: 0, clockSkewMs: 0 },
    ...{ isExcused: () => false, isScarce: false, mayFail: () => false },
  });
  const isFound = () => {
    history.failed('ann', route, LIMITED);
    return history.violations.all.splice(0).map(({ code }) => code);
  };
  // Those before do not count any more.
  for (let at = 0; at < 50; at++) history.answered('ann', route, '{}');
  now += withinMs + 1;
  for (let at = 0; at < few; at++) history.answered('ann', route, '{}');
  expect(isFound()).toEqual(['limited']);
  history.answered('ann', route, '{}');
  expect(isFound()).toEqual([]);
});
