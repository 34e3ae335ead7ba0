/** Microseconds of CPU, of all threads of this process, that some work took. */
export const cpuOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

export const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};

/**
 * Runs each contender once a round, in turns, so that whatever else the machine does hits all of them.
 * @returns the median by contender; the first `warmUp` rounds don't count
 */
export const inTurns = async <Name extends string>(
  contenders: Record<Name, () => Promise<number>>,
  { rounds, warmUp }: { rounds: number; warmUp: number },
): Promise<Record<Name, number>> => {
  const measured = new Map<Name, number[]>();
  const names = Object.keys(contenders) as Name[];
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const name of names) {
      global.gc?.();
      const value = await contenders[name]();
      if (round >= warmUp) measured.set(name, [...(measured.get(name) ?? []), value]);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(measured.get(name) ?? [])])) as Record<Name, number>;
};
