import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { EngineKind } from '../../local/dynamodb/data-folder.ts';
import type { EngineOptions } from '../../local/dynamodb/engine.ts';
import { startEngine } from '../../local/dynamodb/start-engine.ts';

/** An engine in a process of its own, as it is in a stack's, so that a test can kill that. */
export const forkEngine = async (
  options: EngineOptions,
  kind: EngineKind = 'embedded',
): Promise<{ endpoint: string; child: ChildProcess }> => {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(options), kind]);
  const [endpoint] = (await once(child, 'message')) as [string];
  return { endpoint, child };
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , options = '{}', kind] = process.argv;
  const onEnd = (reason: string) => {
    process.send?.(reason);
    process.exit(3);
  };
  process.once('disconnect', () => process.exit());
  const engine = await startEngine({ ...(JSON.parse(options) as EngineOptions), onEnd }, kind as EngineKind);
  process.send?.(engine.endpoint);
}
