import { fetchToken } from './issuer.ts';
import type { Stack } from './stack.ts';

/** What `npm start` says when everything is up: where it is, and what to try. */
export const startupMessage = async (stack: Stack, tookMs: number): Promise<string> => {
  const token = await fetchToken(stack.issuer, 'alice');
  return [
    `Ready in ${(tookMs / 1000).toFixed(1)} s`,
    `  Page       ${stack.page}`,
    `  HTTP       ${stack.http}`,
    `  WebSocket  ${stack.websocket}`,
    `  DynamoDB   ${stack.dynamodb} (table ${stack.table})`,
    'Try:',
    `  curl ${stack.http}/thoughts -H 'content-type: application/json' -H 'authorization: Bearer ${token}' -d '{"text":"Hello, world"}'`,
    '  npm run live -- bob',
    '  npm run demo',
    'Ctrl-C stops all of it.',
    '',
  ].join('\n');
};
