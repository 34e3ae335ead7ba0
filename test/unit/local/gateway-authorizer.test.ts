import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../../tools/support/measure.ts';
import { GatewayRun } from '../../support/gateway-run.ts';

let run: GatewayRun | undefined;
afterEach(() => run?.gateway.close());

const ARN = 'arn:aws:execute-api:eu-central-1:000000000000:local/dev/$connect';
const policy = (Effect: string, Resource: string | string[] = ARN) => ({
  principalId: 'alice',
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
  context: { plan: 'gold' },
});

const startWith = async (
  answer: (event: unknown) => unknown,
  identitySources = ['route.request.querystring.token'],
) => {
  const asked: unknown[] = [];
  const invoke = async (event: unknown) => {
    asked.push(event);
    return answer(event);
  };
  const authorizer = { name: 'auth', identitySources, invoke };
  run = await GatewayRun.start({}, { authorizer, region: 'eu-central-1' });
  return { run, asked };
};

describe('an authorizer', () => {
  it('that allows lets a client in, and what it says travels with each event of the connection', async () => {
    const { run, asked } = await startWith(() => policy('Allow'));
    const client = await run.connect('/?token=t');
    client.socket.close();
    await waitFor('$disconnect', () => run.eventsOf('$disconnect').length === 1);
    expect(asked).toMatchObject([{ type: 'REQUEST', methodArn: ARN, queryStringParameters: { token: 't' } }]);
    for (const { requestContext } of run.events) {
      expect(requestContext).toMatchObject({ authorizer: { principalId: 'alice', plan: 'gold' } });
    }
    expect(run.events).toHaveLength(2);
  });

  it.each<[string, number, unknown]>([
    ['denies', 403, policy('Deny')],
    ['allows another route', 403, policy('Allow', ARN.replace('$connect', 'other'))],
    ['names nobody', 403, { ...policy('Allow'), principalId: undefined }],
    ['answers nothing', 403, undefined],
    ['fails with Unauthorized', 401, new Error('Unauthorized')],
    ['fails', 500, new Error('no database')],
  ])('that %s refuses with %i, and $connect is not called', async (_, status, answer) => {
    const { run } = await startWith(() => {
      if (answer instanceof Error) throw answer;
      return answer;
    });
    await expect(run.connect('/?token=t')).rejects.toThrow(String(status));
    expect(run.events).toEqual([]);
  });

  it('takes wildcards in a policy', async () => {
    const { run } = await startWith(() => policy('Allow', ['arn:aws:execute-api:*:*:*/dev/*']));
    await expect(run.connect('/?token=t')).resolves.toBeDefined();
  });

  it('is not asked when an identity source is missing: 401', async () => {
    const { run, asked } = await startWith(() => policy('Allow'), ['route.request.header.Auth']);
    await expect(run.connect('/?token=t')).rejects.toThrow('401');
    expect(asked).toEqual([]);
  });
});
