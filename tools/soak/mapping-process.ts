import { join } from 'node:path';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { handler } from '../../functions/stream.ts';
import { FileCheckpoints } from '../../local/event-source-mapping/checkpoints.ts';
import { EventSourceMapping } from '../../local/event-source-mapping/mapping.ts';
import { readMappingSettings } from '../../local/event-source-mapping/settings.ts';
import { DynamoStreamSource } from '../../local/event-source-mapping/stream-source.ts';

/** The event source mapping and the stream function in a process of their own, which can be killed at any point. */
const [streamArn = '', stateDir = ''] = process.argv.slice(2);
const INVOCATION_MS = 30_000;

const mapping = new EventSourceMapping({
  source: new DynamoStreamSource(new DynamoDBStreamsClient({}), streamArn),
  settings: readMappingSettings({
    batchSize: 100,
    parallelizationFactor: 10,
    functionResponseType: 'ReportBatchItemFailures',
    bisectBatchOnFunctionError: true,
    filterPatterns: [
      { dynamodb: { NewImage: { type: { S: ['thought', 'following', 'task', 'message', 'roster'] } } } },
    ],
  }),
  functionName: 'stream',
  invoke: (event) => {
    const deadline = Date.now() + INVOCATION_MS;
    const context = { getRemainingTimeInMillis: () => deadline - Date.now() } as Context;
    return handler(event as DynamoDBStreamEvent, context);
  },
  checkpoints: new FileCheckpoints(join(stateDir, 'checkpoints.json'), streamArn),
  report: (message) => process.stderr.write(`${message}\n`),
});

process.once('disconnect', () => process.exit(0));
await mapping.start();
process.send?.('started');
