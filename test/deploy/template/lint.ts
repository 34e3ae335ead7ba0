import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { REGION } from '../emulator.ts';
import { programOfTests } from '../python.ts';

/** One thing that a linter says of one resource. */
export interface Remark {
  rule: string;
  resource: string;
}

/** Why a rule doesn't hold for some resources, or for any. */
export interface Exception {
  rule: string;
  resources: RegExp;
  reason: string;
}

const OUTPUT_LIMIT = 64 * 1024 * 1024;

/** A linter ends with a code of its own when it finds something: its output counts. */
const run = async (program: string, args: string[]): Promise<string> => {
  try {
    return (await promisify(execFile)(program, args, { maxBuffer: OUTPUT_LIMIT })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    if (stdout) return stdout;
    throw new Error(`${program} failed: ${stderr ?? error}`);
  }
};

interface CfnLintMatch {
  Rule: { Id: string };
  Location: { Path: (string | number)[] | null };
}

/** https://github.com/aws-cloudformation/cfn-lint */
export const cfnLint = async (file: string): Promise<Remark[]> => {
  const output = await run(programOfTests('cfn-lint'), [file, '--regions', REGION, '--format', 'json']);
  return (JSON.parse(output) as CfnLintMatch[]).map(({ Rule, Location }) => ({
    rule: Rule.Id,
    resource: (Location.Path ?? []).slice(0, 2).join('/'),
  }));
};

interface FailedCheck {
  check_id: string;
  resource: string;
  check_result: { evaluated_keys?: string[] };
}

interface CheckovReport {
  results: { failed_checks: FailedCheck[] };
  summary: { parsing_errors: number; resource_count: number };
}

/** https://www.checkov.io, which is told not to ask its makers. */
export const checkov = async (file: string): Promise<Remark[]> => {
  const args = ['--file', file, '--framework', 'cloudformation', '--skip-download', '--quiet', '--output', 'json'];
  const python = programOfTests('python', 'requirements-checkov.txt');
  const { results, summary } = JSON.parse(await run(python, ['-m', 'checkov.main', ...args])) as CheckovReport;
  if (summary.parsing_errors > 0 || summary.resource_count === 0) throw new Error(`checkov could not read ${file}`);
  // A path with 40 letters in a row looks like a secret to it, and it writes the file's own path into what it looks at.
  const isOfPath = ({ check_result: { evaluated_keys: keys = [] } }: FailedCheck) =>
    keys.some((key) => key.endsWith('/__file__'));
  return results.failed_checks
    .filter((check) => !isOfPath(check))
    .map(({ check_id, resource }) => ({ rule: check_id, resource }));
};

const covers = ({ rule, resources }: Exception, remark: Remark): boolean =>
  rule === remark.rule && resources.test(remark.resource);

/** The remarks that no exception covers. */
export const unexplained = (remarks: Remark[], exceptions: Exception[]): Remark[] =>
  remarks.filter((remark) => !exceptions.some((exception) => covers(exception, remark)));

/** The exceptions that cover nothing any more. */
export const outdated = (remarks: Remark[], exceptions: Exception[]): Exception[] =>
  exceptions.filter((exception) => !remarks.some((remark) => covers(exception, remark)));
