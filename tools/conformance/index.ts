import { readFileSync, writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { Outcome, Target } from './check.ts';
import { CHECKS } from './checks/index.ts';
import { NOT_RUN, TARGETS, type TargetName, withResults } from './report.ts';
import { openAws, openEmulator, openLaptop } from './targets/index.ts';

const FILE = new URL('../../docs/conformance.md', import.meta.url);
const TABLE = /\| rule \|[\s\S]*?\n\n|\| rule \|[\s\S]*$/;

interface Options {
  target: TargetName;
  stage: string;
  state?: string;
  token?: string;
  username?: string;
  write?: boolean;
}

const open = ({ target, stage, state, token, username }: Options): Promise<Target> => {
  if (target === 'laptop') return openLaptop(state);
  if (target === 'emulator') return openEmulator();
  return openAws(stage, token && username ? { token, username } : undefined);
};

/** As the table has it. */
const cellOf = (outcome: Outcome, day: string): string => {
  if (outcome.kind === 'not run') return NOT_RUN;
  return outcome.kind === 'holds' ? `holds, ${day}` : `**${outcome.found.replaceAll('|', '/')}**, ${day}`;
};

const lineOf = (rule: string, outcome: Outcome): string => {
  if (outcome.kind === 'holds') return `yes      ${rule}\n`;
  return outcome.kind === 'differs' ? `NO       ${rule}: ${outcome.found}\n` : `not run  ${rule}: ${outcome.why}\n`;
};

new Command('conformance')
  .description(
    'Holds what we rely on against AWS, or against what stands in for it; ends with 1 if a rule does not hold',
  )
  .addOption(new Option('--target <target>', 'where').choices(TARGETS).makeOptionMandatory())
  .option('--stage <stage>', 'on AWS: which stage', 'dev')
  .option('--token <token>', "on AWS: somebody's access token, for the rules that need a person")
  .option('--username <name>', 'on AWS: whose token it is')
  .option('--state <file>', "on a laptop: where a stack's addresses are, if it is not the one that runs here")
  .option('--write', 'note the results in docs/conformance.md')
  .action(async (options: Options) => {
    const target = await open(options);
    const today = new Date().toISOString().slice(0, 10);
    const results = new Map<string, string>();
    try {
      for (const { rule, run } of CHECKS) {
        const outcome = await run(target).catch((error: Error): Outcome => ({ kind: 'differs', found: error.message }));
        results.set(rule, cellOf(outcome, today));
        process.stdout.write(lineOf(rule, outcome));
        if (outcome.kind === 'differs') process.exitCode = 1;
      }
    } finally {
      await target.end();
    }
    if (!options.write) return;
    const text = readFileSync(FILE, 'utf8');
    const [before = ''] = TABLE.exec(text) ?? [];
    writeFileSync(FILE, text.replace(TABLE, `${withResults(before, options.target, results)}\n`));
  })
  .parseAsync();
