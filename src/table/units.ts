import { AsyncLocalStorage } from 'node:async_hooks';

/** Capacity units of the table, as DynamoDB charges them. */
export interface Units {
  reads: number;
  writes: number;
}

const counted = new AsyncLocalStorage<Units>();

/**
 * Adds what a piece of work uses of a table to `units`, also when it throws. It does not count what others in the process use at the
 * same time: an environment of Lambda serves one event at a time, but the laptop's stack runs handlers side by side.
 */
export const countUnits = <T>(units: Units, work: () => Promise<T>): Promise<T> => counted.run(units, work);

/** A table tells what a call has used. */
export const noteUnits = ({ reads = 0, writes = 0 }: Partial<Units>): void => {
  const units = counted.getStore();
  if (!units) return;
  units.reads += reads;
  units.writes += writes;
};
