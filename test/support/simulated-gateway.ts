import { TokenBucket } from '../../local/aws/account.ts';
import { type PostFault, SimulatedGateway } from '../../local/aws/api-gateway.ts';
import type { SimulatedSocket } from '../../local/aws/socket.ts';
import type { GatewayLimits } from '../../local/gateway/limits.ts';
import { VirtualTime } from '../../tools/simulation/virtual-time.ts';

export interface GatewayScene {
  limits?: Partial<GatewayLimits>;
  /** Requests a second of the account. */
  requestsPerSecond?: number;
  connectMs?: number;
  connectStatus?: number;
  postFault?: (frame: string) => PostFault;
  dropsDisconnect?: boolean;
  answer?: (body: string) => { statusCode: number; body?: string };
}

/** A simulated gateway with a function that notes what it is asked. One way takes 10 ms. */
export const gatewayScene = (scene: GatewayScene = {}) => {
  const {
    limits = {},
    requestsPerSecond = 10_000,
    connectMs = 0,
    connectStatus = 200,
    dropsDisconnect = false,
  } = scene;
  const time = new VirtualTime(0);
  let ids = 0;
  const routes: string[] = [];
  const gateway = new SimulatedGateway({
    runtime: { now: time.now, sleep: time.sleep, after: time.after, random: () => 0, newId: () => `c${++ids}` },
    requests: new TokenBucket(requestsPerSecond, requestsPerSecond),
    limits,
    network: { latencyMs: [10, 10] },
    invoke: async (event) => {
      const { requestContext, body } = event as {
        requestContext: { routeKey: string; connectionId: string; disconnectStatusCode?: number };
        body?: string;
      };
      const { routeKey, connectionId, disconnectStatusCode: code } = requestContext;
      routes.push(`${routeKey} ${connectionId}${code === undefined ? '' : ` ${code}`}`);
      if (routeKey === '$connect') await time.sleep(connectMs);
      if (routeKey === '$connect') return { statusCode: connectStatus };
      return scene.answer?.(body ?? '') ?? { statusCode: 200 };
    },
    postFault: (_id, frame) => scene.postFault?.(frame) ?? 'none',
    dropsDisconnect: () => dropsDisconnect,
  });
  const run = (ms: number) => time.runUntil(time.now() + ms);
  const open = (isReachable = true) => {
    const socket = gateway.connect('wss://simulated/?ticket=1', isReachable);
    return { socket, heard: listenTo(socket) };
  };
  const post = async (id: string, frame = 'hello') => {
    const answer = gateway.post(id, frame);
    await run(5_000);
    return (await answer).status;
  };
  return { time, gateway, routes, run, open, post };
};

const listenTo = (socket: SimulatedSocket): string[] => {
  const heard: string[] = [];
  socket.addEventListener('open', () => heard.push('open'));
  socket.addEventListener('error', () => heard.push('error'));
  socket.addEventListener('message', ({ data }: { data: string }) => heard.push(data));
  socket.addEventListener('close', ({ code }: { code: number }) => heard.push(`close ${code}`));
  return heard;
};
