import type { Table, Write, WriteOptions } from './table.ts';

/**
 * A transaction whose writes have names, so that the outcome says which conditions failed.
 * @returns the names of the writes whose conditions did not hold; none when everything was written
 * @throws TableBusyError
 */
export const writeNamed = async <Name extends string>(
  table: Table,
  writes: Partial<Record<Name, Write>>,
  options?: WriteOptions,
): Promise<Set<Name>> => {
  const parts = Object.entries(writes) as [Name, Write | undefined][];
  const named = parts.filter((part): part is [Name, Write] => part[1] !== undefined);
  const outcome = await table.write(
    named.map(([, write]) => write),
    options,
  );
  if (outcome.kind === 'written') return new Set();
  return new Set(outcome.refused.flatMap((at) => named[at]?.[0] ?? []));
};
