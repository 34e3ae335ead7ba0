import type { TestProject } from 'vitest/node';
import { findJava } from '../../local/dynamodb/java.ts';
import { startEngine } from '../../local/dynamodb/start-engine.ts';
import { freePort } from '../../local/ports.ts';

/** AWS's own engine for the tests that hold ours to it. Without Java they are skipped; where CI is set they may not be. */
export const setup = async (project: TestProject) => {
  const java = findJava();
  if (java.kind === 'unusable') {
    if (process.env.CI) throw new Error(java.advice);
    project.provide('engine', '');
    return undefined;
  }
  const engine = await startEngine({ port: await freePort() }, 'dynamodb-local');
  project.provide('engine', engine.endpoint);
  return () => engine.stop();
};
