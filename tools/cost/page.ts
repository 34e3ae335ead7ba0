import { costOf, type Line, liveElsewhere } from './cost.ts';
import type { Prices } from './prices.ts';
import type { Workload } from './workload.ts';

/** The workload of a command that names nothing. */
export const DEFAULTS: Workload = { people: 10_000, posts: 1, followers: 100, pages: 10, online: 0.1, active: 0.5 };

/** The workloads of docs/cost.md, by the heading that each is under. */
export const EXAMPLES: Record<string, Workload> = {
  'Ten thousand people': DEFAULTS,
  'Ten thousand people who seldom write': { ...DEFAULTS, posts: 0.2 },
  'A million people': { ...DEFAULTS, people: 1_000_000, followers: 200, online: 0.05 },
};

/** Two tables in Markdown: all of it here, and pushes and connections elsewhere. */
export const tablesOf = (workload: Workload, prices: Prices): string => {
  const lines = costOf(workload, prices);
  const all = lines.reduce((sum, { dollars }) => sum + dollars, 0);
  const live = liveElsewhere(workload, prices);
  return `${table('here', [...lines, { what: '**all**', dollars: all }])}\n${table('pushes and connections alone', live)}`;
};

const table = (title: string, lines: Line[]): string => {
  const rows = lines.map(({ what, dollars }) => `| ${what} | ${dollars.toFixed(2)} |`);
  return [`| ${title} | dollars a month |`, '|---|--:|', ...rows, ''].join('\n');
};

/** The command that prints the tables of a workload. */
const commandOf = (workload: Workload): string => {
  const given = Object.entries(workload).filter(([name, value]) => value !== DEFAULTS[name as keyof Workload]);
  return [
    'npm run cost',
    ...(given.length > 0 ? ['--'] : []),
    ...given.map(([name, value]) => `--${name} ${value}`),
  ].join(' ');
};

const describe = ({ people, posts, followers, pages, online, active }: Workload): string =>
  `${people.toLocaleString('en')} people, each posting ${posts} and reading ${pages} pages a day, ${followers} followers an author, ` +
  `${online * 100}% connected, ${active * 100}% of them here in the last month`;

/** docs/cost.md with its examples made anew: what stands between two marks is theirs. */
export const withExamples = (page: string, prices: Prices): string => {
  const sections = Object.entries(EXAMPLES).map(
    ([name, workload]) =>
      `### ${name}\n\n${describe(workload)}\n(\`${commandOf(workload)}\`):\n\n${tablesOf(workload, prices)}`,
  );
  return page.replace(/(<!-- examples -->\n)[\s\S]*(<!-- \/examples -->)/, `$1\n${sections.join('\n')}\n$2`);
};
