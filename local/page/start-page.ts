import { buildPage } from '../../web/build.ts';
import { type PageConfig, pageHeaders } from '../../web/policy.ts';
import { AUDIENCE } from '../issuer.ts';
import type { Stack } from '../stack.ts';
import { PageServer } from './page-server.ts';

/** Builds the page, unless it is built already, and serves it for this stack. */
export const startPage = async (
  port: number,
  stack: Pick<Stack, 'http' | 'websocket' | 'issuer' | 's3'>,
): Promise<PageServer> => {
  const config: PageConfig = {
    apiUrl: stack.http,
    websocketUrl: stack.websocket,
    issuer: stack.issuer,
    clientId: AUDIENCE,
    scope: 'openid',
  };
  const { http: api, websocket, issuer, s3 } = stack;
  const headers = pageHeaders({ api, websocket, issuer, images: s3, uploads: s3 });
  return PageServer.start(port, { folder: await buildPage(), config, headers });
};
