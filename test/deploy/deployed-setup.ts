import type { TestProject } from 'vitest/node';
import { AUDIENCE, Issuer } from '../../local/issuer.ts';
import { Deployment } from './deployment.ts';
import { CREDENTIALS, Emulator, REGION } from './emulator.ts';
import { pythonOfTests } from './python.ts';

/** The stack as `sls deploy` makes it, for the end-to-end tests. */
export const setup = async (project: TestProject) => {
  const issuer = await Issuer.start(0);
  const emulator = await Emulator.start(pythonOfTests());
  const stop = async () => {
    await emulator.stop();
    await issuer.stop();
  };
  try {
    const deployment = new Deployment(emulator, 'e2e', { issuerUrl: issuer.url, audience: AUDIENCE });
    await deployment.deploy();
    project.provide('stack', await deployment.stack(issuer.url));
    project.provide('access', { region: REGION, credentials: CREDENTIALS });
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
};
