import { pathToFileURL } from 'node:url';
import { callHandler, type Handler } from './call-handler.ts';
import type { HostMessage, Invocation, Outcome } from './messages.ts';
import { redirectTables } from './redirect-tables.ts';

/**
 * The process of one execution environment: loads a handler, then answers one event after the other.
 * Usage: fork(this, [path of the file, name of the export])
 */
const [path = '', exported = ''] = process.argv.slice(2);

const load = async (): Promise<Handler> => {
  redirectTables(process.env.AWS_ENDPOINT_URL_DYNAMODB);
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  const member = (from: unknown) =>
    exported.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], from);
  // Node can't detect all exports of a CommonJS file. Those that it misses are in `default` only.
  const handler = [module, module.default].map(member).find((found) => typeof found === 'function');
  if (!handler) throw new Error(`${path} exports no function ${exported}`);
  return handler as Handler;
};

const handler = load();
const sayLoaded = () => void process.send?.({ kind: 'loaded' } satisfies HostMessage);
// An error while loading is reported with the first event.
handler.then(sayLoaded, sayLoaded);

process.on('message', async (invocation: Invocation) => {
  const outcome: Outcome = await handler.then(
    (loaded) => callHandler(loaded, invocation),
    (error) => ({
      kind: 'failed',
      error: { errorType: 'Runtime.ImportModuleError', errorMessage: String(error), trace: [] },
    }),
  );
  process.send?.(outcome);
});
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
