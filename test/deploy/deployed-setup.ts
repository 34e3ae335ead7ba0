import type { TestProject } from 'vitest/node';
import { CREDENTIALS, REGION } from './emulator.ts';
import { startStage } from './stage.ts';

/** The stack as `sls deploy` makes it, for the end-to-end tests. */
export const setup = async (project: TestProject) => {
  const { stack, stop } = await startStage('e2e');
  project.provide('stack', stack);
  project.provide('access', { region: REGION, credentials: CREDENTIALS });
  return stop;
};
