import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { printFigure } from '../../../tools/support/measure.ts';

const DOCS = new URL('../../../docs/', import.meta.url);
const PAGE = new URL('benchmarks.md', DOCS);
const PLOTS = new URL('benchmarks/', DOCS);

/** In this order on the page. */
const PARTS = ['push', 'start', 'process', 'live', 'growth', 'connections', 'engines', 'conversations'] as const;
export type Part = (typeof PARTS)[number];

const HEAD = `# Benchmarks

\`npm run bench\` measures all of this and writes this page. \`npm run bench -- push\` measures one part and replaces its section.
Each figure also goes to stdout as a line: name, value, unit.

Whatever is compared runs in turns in the same run, and the medians are compared. CPU is the user and system time of the measured
process alone, with all its threads. What it talks to is another process. So ratios hold on a busy machine, where times don't. "Ratio"
is ours divided by the other: less is better, unless the table says otherwise.
`;

/** More than this many runnable processes, before the bench begins, are not the bench's own. */
const QUIET_LOAD = 0.5;

/** Where and when: what a reader needs to know to believe the figures of one part. */
const conditions = (): string => {
  const load = loadavg()[0] ?? 0;
  const shared =
    load > QUIET_LOAD ? `; the machine was shared with other work (load ${load.toFixed(1)} at the start)` : '';
  const memory = Math.round(totalmem() / 2 ** 30);
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${memory} GB`;
  return `Measured ${new Date().toISOString().slice(0, 10)} on ${machine}, Node ${process.versions.node}${shared}.`;
};

/** What one part of the bench found: figures for programs, a section of docs/benchmarks.md for people. */
export class Report {
  readonly #part: Part;
  readonly #conditions = conditions();
  readonly #lines: string[] = [];

  constructor(part: Part) {
    this.#part = part;
  }

  /** A line on stdout: name, value, unit. */
  figure(name: string, value: number, unit: string): void {
    printFigure(name, value, unit);
  }

  text(paragraph: string): void {
    this.#lines.push(paragraph, '');
  }

  /** @param rows cells as they shall be read; the first row is the head */
  table([head = [], ...rows]: (string | number)[][]): void {
    const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
    this.#lines.push(line(head), line(head.map((_, at) => (at === 0 ? '---' : '--:'))), ...rows.map(line), '');
  }

  /** @param svg a whole SVG document */
  plot(name: string, title: string, svg: string): void {
    mkdirSync(PLOTS, { recursive: true });
    writeFileSync(new URL(`${name}.svg`, PLOTS), svg);
    this.#lines.push(`![${title}](benchmarks/${name}.svg)`, '');
  }

  /** Replaces this part's section of the page, and leaves the others. */
  write(): void {
    const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
    const sections = new Map(
      page.split(/^(?=## )/m).flatMap((section) => {
        const title = /^## (\w+)/.exec(section)?.[1];
        return title === undefined ? [] : [[title.toLowerCase(), section.trimEnd()] as const];
      }),
    );
    const title = this.#part.charAt(0).toUpperCase() + this.#part.slice(1);
    sections.set(this.#part, [`## ${title}`, '', this.#conditions, '', ...this.#lines].join('\n').trimEnd());
    const present = PARTS.flatMap((part) => sections.get(part) ?? []);
    writeFileSync(PAGE, `${[HEAD.trimEnd(), ...present].join('\n\n')}\n`);
  }
}
