import type { SimulatedGateway } from '../../local/aws/api-gateway.ts';
import type { Environment } from '../../local/aws/lambda.ts';
import type { PostOutcome, Sockets } from '../../src/push/sockets.ts';
import type { Runtime as FunctionRuntime } from '../../src/runtime/runtime.ts';
import { newId } from './world.ts';

/** Time, randomness and ids of a function in this environment. */
export const runtimeIn = (environment: Environment): FunctionRuntime => {
  const random = () => environment.random();
  return {
    now: environment.now,
    sleep: environment.sleep,
    random,
    newId: () => newId(environment.now(), random),
    newSecret: () => `secret-${Math.floor(random() * 2 ** 52).toString(36)}`,
  };
};

/** The @connections of a function in this environment. */
export const socketsIn = (environment: Environment, gateway: SimulatedGateway): Sockets => ({
  post: async (id, frame): Promise<PostOutcome> => {
    const { status } = await environment.guard(gateway.post(id, frame));
    if (status === 200) return { kind: 'sent' };
    if (status === 410) return { kind: 'gone' };
    return { kind: status === 413 ? 'too_large' : 'busy' };
  },
  close: async (id, last) => {
    if (last !== undefined) await environment.guard(gateway.post(id, last));
    await environment.guard(gateway.close(id));
  },
});
