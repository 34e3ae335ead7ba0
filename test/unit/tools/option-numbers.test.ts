import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { numberFrom, positiveNumber, wholeNumber } from '../../../tools/support/option-numbers.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

describe('the number of an option', () => {
  it.each([
    [wholeNumber(1), ['1', '20', '1e3'], ['0', '1.5', '-1', 'ten', '', ' ', '2O', 'Infinity']],
    [wholeNumber(0), ['0', '7'], ['-1', '0.5', 'NaN']],
    [numberFrom(0), ['0', '0.2', '4000'], ['-0.1', 'x', '', 'Infinity']],
    [numberFrom(0, 1), ['0', '0.5', '1'], ['1.01', '-1', 'half']],
    [positiveNumber, ['0.1', '3'], ['0', '-1', '1,5', '']],
  ])('is one of the range, or an error: %#', (parse, valid, invalid) => {
    for (const text of valid) expect(parse(text)).toBe(Number(text));
    for (const text of invalid) expect(() => parse(text), text).toThrow(/^It must be a /);
  });
});

it('a command with a wrong number ends before it does anything, and names the option', () => {
  const { status, stderr } = spawnSync(process.execPath, ['tools/model/index.ts', '--hop-seconds', '0,2'], {
    cwd: ROOT,
  });
  expect(status).toBe(1);
  expect(String(stderr)).toContain("'--hop-seconds <n>' argument '0,2' is invalid. It must be a number from 0.");
});

it('no command takes `Number` for a parser: a typing error would become NaN, and pass', () => {
  const sources = ['tools', 'test/bench'].flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: ROOT }));
  expect(sources).toContain(join('tools', 'soak', 'index.ts'));
  const isWrong = (path: string) =>
    /, Number[,)]|argParser\((Number|parse(Int|Float))\b/.test(readFileSync(join(ROOT, path), 'utf8'));
  expect(sources.filter(isWrong)).toEqual([]);
});

it('npm start refuses --people without a number', () => {
  const { status, stderr } = spawnSync(process.execPath, ['tools/start.ts', '--people'], { cwd: ROOT });
  expect(status).toBe(1);
  expect(String(stderr)).toContain('--people takes a whole number from 0');
});
