import { describe, expect, it } from 'vitest';
import { gatewayOf, mappingOf } from '../../../../local/serverless/wiring.ts';

const target = (name: string) => ({ name, invoke: async (event: unknown) => [name, event] });
const names = { 'Notes.StreamArn': 'arn:aws:dynamodb:eu-central-1:000000000000:table/notes/stream/local' };
const streamOf = async (table: string) => (table === 'notes' ? 'arn:the-stream' : undefined);
const arn = { 'Fn::GetAtt': ['Notes', 'StreamArn'] };

const mapped = (settings: Record<string, unknown>, at: unknown = arn) =>
  mappingOf({ functionName: 'changes', arn: at, settings }, names, target, streamOf);

describe('a stream of serverless.yml', () => {
  it('is that of its table, with its settings', async () => {
    const outcome = await mapped({ batchSize: 5, maximumRetryAttempts: 2 });
    expect(outcome).toMatchObject({
      kind: 'mapping',
      mapping: {
        table: 'notes',
        streamArn: 'arn:the-stream',
        destination: undefined,
        settings: { batchSize: 5, maximumRetryAttempts: 2 },
      },
    });
  });

  it('may have a destination of failures', async () => {
    const outcome = await mapped({ destinations: { onFailure: 'arn:aws:sqs:eu-central-1:000000000000:failed' } });
    expect(outcome).toMatchObject({ mapping: { destination: { type: 'sqs' } } });
  });

  it.each([
    ['only a deployment knows it', {}, { 'Fn::ImportValue': 'theirs' }, 'only a deployment knows'],
    ['there is no such table', {}, 'arn:aws:dynamodb:eu-central-1:1:table/other/stream/x', 'there is no table'],
    ['it is not enabled', { enabled: false }, arn, 'it is not enabled'],
  ])('is skipped, with the reason, when %s', async (_, settings, at, why) => {
    expect(await mapped(settings, at)).toEqual({ kind: 'skipped', why: expect.stringContaining(why) });
  });

  it('is refused when a setting would be ignored', async () => {
    await expect(mapped({ startingPosition: 'AT_TIMESTAMP' })).rejects.toThrow('startingPosition');
  });
});

it('the gateway has the routes of the events, and the authorizer of $connect', async () => {
  const authorizer = { functionName: 'auth', identitySources: ['route.request.header.Auth'] };
  const sockets = [
    { functionName: 'connect', route: '$connect', answers: false, authorizer },
    { functionName: 'talk', route: 'talk', answers: true },
  ];
  const gateway = gatewayOf({ sockets, streams: [] }, target);
  expect(gateway.routes.map(({ route, answers }) => [route, answers])).toEqual([
    ['$connect', false],
    ['talk', true],
  ]);
  expect(await gateway.routes[1]?.invoke(1)).toEqual(['talk', 1]);
  expect(gateway.authorizer).toMatchObject({ name: 'auth', identitySources: authorizer.identitySources });
  expect(await gateway.authorizer?.invoke(2)).toEqual(['auth', 2]);
});
