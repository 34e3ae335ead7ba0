import type { TaskItem } from '../../../src/fan-out/task.ts';
import type { Table } from '../../../src/table/table.ts';

/** A table that keeps the tasks which are written through it, for the stream to bring. */
export const withTasks = (inner: Table): { table: Table; take: () => TaskItem[] } => {
  let tasks: TaskItem[] = [];
  const table: Table = {
    get: (...args) => inner.get(...args),
    batchGet: (...args) => inner.batchGet(...args),
    query: (...args) => inner.query(...args),
    scan: (after) => inner.scan(after),
    batchWrite: (...args) => inner.batchWrite(...args),
    write: async (writes, options) => {
      const outcome = await inner.write(writes, options);
      if (outcome.kind === 'refused') return outcome;
      for (const write of writes) if ('put' in write && write.put.type === 'task') tasks.push(write.put as TaskItem);
      return outcome;
    },
  };
  const take = () => {
    const taken = tasks;
    tasks = [];
    return taken;
  };
  return { table, take };
};
