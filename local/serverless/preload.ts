import { redirectTables } from './redirect-tables.ts';

/** Runs in each worker of serverless-offline before its handler, by `NODE_OPTIONS=--require`. */
redirectTables(process.env.AWS_ENDPOINT_URL_DYNAMODB);
