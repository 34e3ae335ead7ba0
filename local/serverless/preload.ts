import { join } from 'node:path';
import { redirectOldSdk } from './redirect-old-sdk.ts';

/** Runs in each worker of serverless-offline before its handler, by `NODE_OPTIONS=--require`. */
const { STREAMS_AND_SOCKETS_PROJECT: project } = process.env;
if (project) redirectOldSdk(join(project, 'package.json'));
