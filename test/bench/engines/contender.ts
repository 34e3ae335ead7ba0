import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { EngineKind } from '../../../local/dynamodb/data-folder.ts';
import { freePort } from '../../../local/ports.ts';
import { forkEngine } from '../../support/engine-process.ts';
import { freshTable } from '../../support/real-table.ts';

/** An engine in a process of its own, with the project's table. */
export interface Contender {
  name: string;
  child: ChildProcess;
  world: Awaited<ReturnType<typeof freshTable>>;
  /** Milliseconds from the start of its process until it had answered. */
  startMs: number;
  /** Resident memory of the engine in MB: the embedded one's whole process; Java alone. Linux only. */
  memory(): number;
  stop(): void;
}

const NAMES: Record<EngineKind, string> = { embedded: 'embedded', 'dynamodb-local': 'DynamoDB Local' };

export const startContender = async (kind: EngineKind, dataDir?: string): Promise<Contender> => {
  const startedAt = performance.now();
  const { endpoint, child } = await forkEngine({ port: await freePort(), dataDir }, kind);
  const startMs = performance.now() - startedAt;
  const world = await freshTable(endpoint);
  const pid = kind === 'embedded' ? (child.pid ?? 0) : childOf(childOf(child.pid ?? 0));
  return {
    name: NAMES[kind] + (dataDir === undefined ? '' : ' with --data'),
    child,
    world,
    startMs,
    memory: () => residentMb(pid),
    stop: () => {
      world.client.destroy();
      child.kill('SIGKILL');
    },
  };
};

const childOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);

const residentMb = (pid: number): number => {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes ?? Number.NaN) / 1024);
};
