import { AUDIENCE, Issuer } from '../../local/issuer.ts';
import type { Stack } from '../../local/stack.ts';
import { Deployment } from './deployment.ts';
import { CREDENTIALS, Emulator, REGION } from './emulator.ts';
import { preparePython, pythonOfTests } from './python.ts';

/** A stage of its own, on an emulator of its own. */
export interface EmulatedStage {
  stack: Stack;
  /** For the SDK's clients. */
  options: { endpoint: string; region: string; credentials: typeof CREDENTIALS };
  stop(): Promise<void>;
}

/**
 * Starts an emulator and deploys a stage there, with an issuer that believes anybody.
 * @throws PythonUnavailable when there is no Python, no venv, or no package index
 */
export const startStage = async (stage: string): Promise<EmulatedStage> => {
  preparePython('requirements.txt');
  const issuer = await Issuer.start(0);
  const emulator = await Emulator.start(pythonOfTests());
  const stop = async () => {
    await emulator.stop();
    await issuer.stop();
  };
  try {
    const deployment = new Deployment(emulator, stage, { issuerUrl: issuer.url, audience: AUDIENCE });
    await deployment.deploy();
    const options = { endpoint: emulator.endpoint, region: REGION, credentials: CREDENTIALS };
    return { stack: await deployment.stack(issuer.url), options, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
