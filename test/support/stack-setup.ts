import type { TestProject } from 'vitest/node';
import { RunningStack } from '../../local/run-stack.ts';
import type { Stack } from '../../local/stack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    stack: Stack;
  }
}

/** The stack of `npm start`, on free ports, for all end-to-end tests. */
export const setup = async (project: TestProject) => {
  const running = await RunningStack.start();
  project.provide('stack', running.stack);
  return () => running.stop();
};
