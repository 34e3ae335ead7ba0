import type { TestProject } from 'vitest/node';
import { engineKind, startEngine } from '../../local/dynamodb/start-engine.ts';
import { freePort } from '../../local/ports.ts';

declare module 'vitest' {
  interface ProvidedContext {
    engine: string;
  }
}

/** One engine for all integration tests; each file makes a table of its own in it. */
export const setup = async (project: TestProject) => {
  const engine = await startEngine({ port: await freePort() }, engineKind(process.env.ENGINE));
  project.provide('engine', engine.endpoint);
  return () => engine.stop();
};
