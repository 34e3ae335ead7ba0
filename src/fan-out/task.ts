import { type Audience, keys } from '../keys/keys.ts';
import { HOUR, seconds } from '../runtime/runtime.ts';
import type { Item, Key, Write } from '../table/table.ts';
import type { ThoughtReference } from '../thoughts/thought.ts';
import { type KeyRange, rangeName } from './key-range.ts';

/**
 * A change of a thought, by reference: what the thought says is read when it is delivered, so that nothing which is
 * gone by then is delivered.
 */
export interface ThoughtChange extends ThoughtReference {
  /** The version that the change made. */
  version: number;
  /** When it was made, in milliseconds since 1970. */
  at: number;
}

/** A change on its way to a part of an audience: the whole of it at first, then what the pages before left. */
export interface FanOutTask {
  change: ThoughtChange;
  audience: Audience;
  range: KeyRange;
}

export type TaskItem = Item &
  FanOutTask & {
    type: 'task';
    expiresAt: number;
    /** The release before this one counts how often a task was split. Remove this when that release is gone. */
    depth: 0;
  };

/** The first edition's tasks held what happened as it was then. They live for two days. */
interface FirstTask {
  happening: { id: string; author: string; thoughtId: string; at: string };
}

const TASK_LIFETIME = 48 * HOUR;

const taskKey = ({ change, audience, range }: FanOutTask): Key =>
  keys.fanOutTask(`${change.id}:${change.version}`, audience, rangeName(range));

/** The table item of a task: its stream record makes the stream function deliver it. */
export const taskItem = (task: FanOutTask, nowMs: number): TaskItem => ({
  ...taskKey(task),
  type: 'task',
  ...task,
  depth: 0,
  expiresAt: seconds(nowMs + TASK_LIFETIME),
});

/**
 * Replaces a task by its successor, or ends it, in one transaction. The transaction is refused when the task was replaced before:
 * a record that is processed again must not leave a second successor, which would repeat the work to the end of the range.
 * A task from the failure bucket may be older than its expired item. Then nobody knows whether it was replaced, so it continues.
 * @param expiresAt when the task's item expires, in seconds since 1970
 */
export const continuationWrites = (
  { task, key, expiresAt }: { task: FanOutTask; key: Key; expiresAt: number },
  rest: KeyRange[],
  nowMs: number,
): Write[] => [
  { delete: key, ...(seconds(nowMs) < expiresAt && { when: [{ attribute: 'type', is: 'present' }] }) },
  ...rest.map((range): Write => ({ put: taskItem({ ...task, range }, nowMs) })),
];

/**
 * Splits the rest of an audience after its first page into tasks, in one transaction with a mark. The mark refuses a second split
 * when the record is processed again and its page ends elsewhere. The mark expires with the tasks.
 */
export const splitWrites = (task: FanOutTask, rest: KeyRange[], nowMs: number): Write[] => [
  {
    put: {
      ...keys.fanOutCut(`${task.change.id}:${task.change.version}`, task.audience),
      type: 'cut',
      expiresAt: seconds(nowMs + TASK_LIFETIME),
    },
    when: [{ attribute: 'type', is: 'absent' }],
  },
  ...rest.map((range): Write => ({ put: taskItem({ ...task, range }, nowMs) })),
];

export const toTask = ({
  audience,
  range,
  ...task
}: TaskItem | (Omit<TaskItem, 'change'> & FirstTask)): FanOutTask => ({
  change: 'happening' in task ? changeOf(task.happening) : task.change,
  audience,
  range,
});

const changeOf = ({ id, author, thoughtId, at }: FirstTask['happening']): ThoughtChange => {
  const version = Number(id.slice(thoughtId.length + 1));
  return { author, id: thoughtId, version, at: Date.parse(at) };
};
