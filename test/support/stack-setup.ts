import type { TestProject } from 'vitest/node';
import { RunningStack } from '../../local/run-stack.ts';
import type { Stack } from '../../local/stack.ts';
import { LOCAL_ACCESS } from './real-table.ts';

declare module 'vitest' {
  interface ProvidedContext {
    stack: Stack;
    /** With what its services are called. */
    access: { region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  }
}

/** The stack of `npm start`, on free ports, for all end-to-end tests. */
export const setup = async (project: TestProject) => {
  const running = await RunningStack.start();
  project.provide('stack', running.stack);
  project.provide('access', LOCAL_ACCESS);
  return () => running.stop();
};
