import { expect, it } from 'vitest';
import { HEARTBEAT } from '../../../src/protocol/heartbeat.ts';
import { heartbeatRoutes } from '../../support/serverless-yml.ts';

it('the heartbeat of the resources is the one of the protocol, and no function answers it', async () => {
  const [route, ...others] = heartbeatRoutes();
  expect(others).toEqual([]);
  expect(route).toMatchObject({ route: HEARTBEAT.action, answers: true });
  const answer = (await route?.invoke({})) as { body: string };
  expect(JSON.parse(answer.body)).toEqual(HEARTBEAT.answer);
});
