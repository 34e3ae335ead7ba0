import type { Connection } from '../../src/connections/connection.ts';
import { eventBodyOf } from '../../src/protocol/thought-event.ts';
import type { ConnectionLifecycle } from '../../src/push/connection-lifecycle.ts';
import { PushBuffer } from '../../src/push/push-buffer.ts';
import { Pusher } from '../../src/push/pusher.ts';
import type { RateLimiter } from '../../src/runtime/rate-limiter.ts';
import { FakeSockets } from './fake-sockets.ts';
import { TestRuntime } from './test-runtime.ts';
import { aThought } from './thoughts.ts';
import { NO_RATE_LIMIT } from './world.ts';

const HOUR = 3_600_000;

/** A pusher whose sockets are fake and whose waits pass at once. @param rateLimiter by default none */
export const createPush = (
  { rateLimiter = NO_RATE_LIMIT }: { rateLimiter?: RateLimiter } = {},
  runtime = new TestRuntime(),
) => {
  const sockets = new FakeSockets();
  const pushBuffer = new PushBuffer();
  const forgotten: string[] = [];
  const { waits } = runtime;
  const gone = async ({ connectionId }: Connection) => void forgotten.push(connectionId);
  const close = async (connection: Connection) => {
    await sockets.close(connection.connectionId);
    await gone(connection);
  };
  const lifecycle: Pick<ConnectionLifecycle, 'close' | 'gone'> = { close, gone };
  const pusher = new Pusher({ sockets, runtime, rateLimiter });
  const old = (connectionId: string): Connection => ({
    connectionId,
    username: 'bob',
    connectedAt: runtime.now() - HOUR,
    authExpiresAt: runtime.now() + HOUR,
  });
  const young = (connectionId: string): Connection => ({ ...old(connectionId), connectedAt: runtime.now() });
  const put = (connection: Connection, seqs = [1], text = 'a thought') => {
    for (const seq of seqs) pushBuffer.add(connection, 'timeline', eventBodyOf(aThought({ seq, text })));
  };
  const flush = async (withinMs = 10_000, retryMs = withinMs) => {
    const limits = { deadline: runtime.now() + withinMs, retryUntil: runtime.now() + retryMs };
    const { sent, ended, missed } = await pusher.flush(pushBuffer, limits);
    return {
      sent,
      ended: ended.map(({ connection, reason }) => [connection.connectionId, reason]),
      missed: missed.length,
    };
  };
  return { runtime, pusher, lifecycle, sockets, pushBuffer, forgotten, waits, old, young, put, flush };
};
