import { describe, expect, it } from 'vitest';
import { readEvents, removeEvents } from '../../../../local/serverless/events.ts';

const ARN = 'arn:aws:dynamodb:eu-central-1:000000000000:table/notes/stream/2026';

describe('the events of a service', () => {
  it('are routes, as text and as an object', () => {
    const { sockets } = readEvents({
      connect: { events: [{ websocket: '$connect' }] },
      talk: { events: [{ websocket: { route: 'talk', routeResponseSelectionExpression: '$default' } }] },
    });
    expect(sockets).toEqual([
      { functionName: 'connect', route: '$connect', answers: false },
      { functionName: 'talk', route: 'talk', answers: true },
    ]);
  });

  it.each<[string, unknown, string[]]>([
    ['a name', 'auth', ['route.request.header.Auth']],
    [
      'a name and a source',
      { name: 'auth', identitySource: 'route.request.querystring.t' },
      ['route.request.querystring.t'],
    ],
    ['a name and sources', { name: 'auth', identitySource: ['a', 'b'] }, ['a', 'b']],
  ])('have an authorizer by %s', (_, authorizer, identitySources) => {
    const { sockets } = readEvents({ connect: { events: [{ websocket: { route: '$connect', authorizer } }] } });
    expect(sockets[0]?.authorizer).toEqual({ functionName: 'auth', identitySources });
  });

  it.each(['arn:aws:lambda:eu-central-1:1:function:auth', { arn: { Ref: 'Auth' } }])(
    'refuse an authorizer that is no function of the service: %j',
    (authorizer) => {
      const functions = { connect: { events: [{ websocket: { route: '$connect', authorizer } }] } };
      expect(() => readEvents(functions)).toThrow('must name a function of this service');
    },
  );

  it('are streams of DynamoDB, as text and as an object, and no others', () => {
    const arn = { 'Fn::GetAtt': ['Notes', 'StreamArn'] };
    const { streams } = readEvents({
      one: { events: [{ stream: ARN }, { stream: { arn: ARN, batchSize: 5 } }] },
      two: { events: [{ stream: { type: 'dynamodb', arn } }, { stream: { type: 'kinesis', arn } }] },
      three: { events: [{ stream: 'arn:aws:kinesis:eu-central-1:000000000000:stream/clicks' }, { httpApi: '*' }] },
      four: {},
    });
    expect(streams).toEqual([
      { functionName: 'one', arn: ARN, settings: {} },
      { functionName: 'one', arn: ARN, settings: { batchSize: 5 } },
      { functionName: 'two', arn, settings: {} },
    ]);
  });

  it('are taken out of the service, and the others stay', () => {
    const kinesis = { stream: { type: 'kinesis', arn: 'x' } };
    const functions = { all: { events: [{ httpApi: '*' }, { websocket: 'a' }, { stream: ARN }, kinesis] }, none: {} };
    removeEvents(functions);
    expect(functions).toEqual({ all: { events: [{ httpApi: '*' }, kinesis] }, none: {} });
  });
});
