/** Where the checks can be run. */
export const TARGETS = ['laptop', 'emulator', 'aws'] as const;
export type TargetName = (typeof TARGETS)[number];

export const NOT_RUN = 'not run';

/**
 * A table of what was found, in Markdown: a row for each rule, a column for each target. Other targets' columns stay as they are.
 * @param before the table until now; empty when there is none
 */
export const withResults = (before: string, target: TargetName, results: Map<string, string>): string => {
  const known = new Map(
    before
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map(cellsOf),
  );
  const rows = [...results].map(([rule, result]) => {
    const old = known.get(rule) ?? [];
    const cells = TARGETS.map((name, at) => (name === target ? result : (old[at] ?? NOT_RUN)));
    return `| ${[rule, ...cells].join(' | ')} |`;
  });
  return [`| rule | ${TARGETS.join(' | ')} |`, '|---|---|---|---|', ...rows, ''].join('\n');
};

const cellsOf = (line: string): [string, string[]] => {
  const [rule = '', ...cells] = line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
  return [rule, cells];
};
