import { join } from 'node:path';
import { prepare, programOf } from '../../tools/support/python.ts';

const REQUIREMENTS = 'requirements.txt';
const CHECKOV = 'requirements-checkov.txt';

const pathOf = (requirements: string): string => join(import.meta.dirname, requirements);

/** @throws PythonUnavailable */
export const preparePython = (...requirements: string[]): void => {
  for (const file of requirements.length > 0 ? requirements : [REQUIREMENTS, CHECKOV]) prepare(pathOf(file));
};

/** Where a program of the deployment's tests is. */
export const programOfTests = (name: string, requirements = REQUIREMENTS): string =>
  programOf(pathOf(requirements), name);

export const pythonOfTests = (): string => programOfTests('python');
