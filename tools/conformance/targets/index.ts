import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';
import { fetchToken } from '../../../local/issuer.ts';
import { IMAGE_BUCKET, S3_CREDENTIALS, type Stack } from '../../../local/stack.ts';
import { GatewaySockets } from '../../../src/push/sockets.ts';
import { runningStack } from '../../support/api.ts';
import { stackOutput } from '../../support/aws-stack.ts';
import type { Login, Target } from '../check.ts';
import type { StreamProbe } from '../stream-probe.ts';
import { probeHere } from './probe-here.ts';
import { probeStack } from './probe-stack.ts';

const LOCAL = { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** A newcomer, at an issuer that gives anybody a token. */
const anybody = (issuer: string): Login => {
  const username = `conformance_${Date.now().toString(36)}`;
  return { username, makesTokens: true, token: (expiresIn) => fetchToken(issuer, username, expiresIn) };
};

/** Makes the probe when it is first asked for, and takes it away at the end. */
const lazily = (make: () => Promise<StreamProbe>, endMore: () => Promise<void> = async () => {}) => {
  let made: Promise<StreamProbe> | undefined;
  return {
    streamProbe: () => (made ??= make()),
    end: async () => {
      await made?.then((probe) => probe.stop()).finally(endMore);
      if (made === undefined) await endMore();
    },
  };
};

const addressesOf = ({ http, websocket, table }: Stack) => ({ http, websocket, table });

/** The stack of `npm start`. @param state where its addresses are, if it is not the one that runs here */
export const openLaptop = async (state?: string): Promise<Target> => {
  const stack = runningStack(state);
  const dynamodb = new DynamoDBClient({ ...LOCAL, endpoint: stack.dynamodb });
  return {
    ...addressesOf(stack),
    dynamodb,
    s3: new S3Client({ region: LOCAL.region, credentials: S3_CREDENTIALS, endpoint: stack.s3 }),
    imageBucket: IMAGE_BUCKET,
    sockets: new GatewaySockets({ ...LOCAL, endpoint: stack.management }),
    login: anybody(stack.issuer),
    ...lazily(() => probeHere(dynamodb, new DynamoDBStreamsClient({ ...LOCAL, endpoint: stack.dynamodb }))),
  };
};

/** A stage on an emulator that is started for this, as the deployment's tests do it. */
export const openEmulator = async (): Promise<Target> => {
  const { startStage } = await import('../../../test/deploy/stage.ts');
  const { stack, options, stop } = await startStage('conformance');
  return {
    ...addressesOf(stack),
    dynamodb: new DynamoDBClient(options),
    s3: new S3Client(options),
    imageBucket: await stackOutput('conformance', 'ImageBucket', new CloudFormationClient(options)),
    sockets: new GatewaySockets({ ...options, endpoint: stack.management }),
    login: anybody(stack.issuer),
    ...lazily(() => probeStack(options), stop),
  };
};

/** A stage on AWS, by the environment's credentials. @param login an access token, and whose it is */
export const openAws = async (stage: string, login?: { token: string; username: string }): Promise<Target> => {
  const websocket = await stackOutput(stage, 'ServiceEndpointWebsocket');
  return {
    http: await stackOutput(stage, 'HttpApiUrl'),
    websocket,
    table: await stackOutput(stage, 'TableName'),
    dynamodb: new DynamoDBClient({}),
    s3: new S3Client({}),
    imageBucket: await stackOutput(stage, 'ImageBucket'),
    sockets: new GatewaySockets({ endpoint: websocket.replace('wss:', 'https:') }),
    login: login && { username: login.username, makesTokens: false, token: async () => login.token },
    ...lazily(() => probeStack()),
  };
};
