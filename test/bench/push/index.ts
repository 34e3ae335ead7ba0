import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:https';
import { setDefaultCACertificates } from 'node:tls';
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type { Connection } from '../../../src/connections/connection.ts';
import { type EventBody, eventBodyOf } from '../../../src/protocol/thought-event.ts';
import { PushBuffer } from '../../../src/push/push-buffer.ts';
import { Pusher } from '../../../src/push/pusher.ts';
import { GatewaySockets } from '../../../src/push/sockets.ts';
import { RateLimiter } from '../../../src/runtime/rate-limiter.ts';
import { HOUR, realRuntime } from '../../../src/runtime/runtime.ts';
import { bars } from '../../../tools/support/plot.ts';
import { cpuOf, inTurns } from '../support/cpu.ts';
import { Report } from '../support/report.ts';
import { BareSockets } from './bare.ts';

const CONNECTIONS = 1_000;
const FRAME_BYTES = 420;
const BARE_SOCKETS = 50;
const ROUNDS = { rounds: 15, warmUp: 6 };
/** The rate limiter is asked before each frame, and never waits: waiting is no work. */
const NEVER_WAITS = 1_000_000_000;
const CREDENTIALS = { accessKeyId: 'AKIDBENCH', secretAccessKey: 'secret', sessionToken: 'token'.repeat(60) };

const now = Date.now();
const connections = Array.from({ length: CONNECTIONS }, (_, at): Connection => {
  const connectionId = `${Buffer.from(String(at).padStart(11, 'L')).toString('base64url')}=`;
  return { connectionId, username: `reader_${at}`, connectedAt: now - HOUR, authExpiresAt: now + HOUR };
});
const connectionIds = connections.map(({ connectionId }) => connectionId);

/** A new thought whose frame has just the wanted size. */
const newEventBody = (): EventBody => {
  const id = realRuntime.newId();
  const thought = { id, author: 'alice', text: '', topics: [], createdAt: Date.now(), version: 1, seq: 1 };
  const bytes = Buffer.byteLength(frameOf(eventBodyOf(thought)));
  return eventBodyOf({ ...thought, text: 'x'.repeat(FRAME_BYTES - bytes) });
};
const frameOf = (eventBody: EventBody): string =>
  JSON.stringify({ type: 'events', events: [{ ...eventBody, channels: ['timeline'] }] });

interface Sink {
  http: number;
  https: number;
  certificate: string;
}

const measure = async (url: URL, certificate: string): Promise<Record<'ours' | 'sdk' | 'bare', number>> => {
  const config = { endpoint: url.href, region: 'eu-central-1', credentials: CREDENTIALS };
  const rateLimiter = new RateLimiter({ perSecond: NEVER_WAITS, runtime: realRuntime });
  const sockets = new GatewaySockets(config);
  const pusher = new Pusher({
    sockets,
    runtime: realRuntime,
    rateLimiter,
  });
  const ours = async () => {
    const eventBody = newEventBody();
    const pushBuffer = new PushBuffer();
    for (const connection of connections) pushBuffer.add(connection, 'timeline', eventBody);
    const limits = { deadline: Date.now() + 60_000, retryUntil: Date.now() + 60_000 };
    const { sent } = await pusher.flush(pushBuffer, limits);
    if (sent !== CONNECTIONS) throw new Error(`Only ${sent} of ${CONNECTIONS} frames were sent`);
  };

  const client = new ApiGatewayManagementApiClient({
    ...config,
    requestHandler: { httpsAgent: new Agent({ keepAlive: true, maxSockets: 50 }) },
  });
  const sdk = async () => {
    const Data = frameOf(newEventBody());
    await Promise.all(
      connectionIds.map((ConnectionId) => client.send(new PostToConnectionCommand({ ConnectionId, Data }))),
    );
  };

  const bareSockets = await BareSockets.open(url, certificate, BARE_SOCKETS);
  const bare = () => bareSockets.push(connectionIds, frameOf(newEventBody()));
  try {
    const each = (push: () => Promise<void>) => async () => (await cpuOf(push)) / CONNECTIONS;
    return await inTurns({ ours: each(ours), sdk: each(sdk), bare: each(bare) }, ROUNDS);
  } finally {
    bareSockets.close();
    client.destroy();
  }
};

const report = new Report('push');
const child = fork(new URL('./sink.ts', import.meta.url));
const [sink] = (await once(child, 'message')) as [Sink];
setDefaultCACertificates([sink.certificate]);
const rows: (string | number)[][] = [['', 'ours', 'SDK', 'bare', 'ours / SDK', 'ours / bare']];
/** The last one is TLS. */
let barePerSdk = 0;
const plotted: { label: string; value: number }[] = [];
for (const [suffix, label, url] of [
  ['', 'HTTP', `http://127.0.0.1:${sink.http}/dev`],
  ['_tls', 'HTTPS', `https://localhost:${sink.https}/dev`],
] as const) {
  const { ours, sdk, bare } = await measure(new URL(url), sink.certificate);
  report.figure(`push${suffix}.cpu_us`, ours, 'us');
  report.figure(`push${suffix}.sdk_cpu_us`, sdk, 'us');
  report.figure(`push${suffix}.bare_cpu_us`, bare, 'us');
  report.figure(`push${suffix}.cpu_ratio_vs_sdk`, ours / sdk, 'ratio');
  report.figure(`push${suffix}.cpu_ratio_vs_bare`, ours / bare, 'ratio');
  const micros = [ours, sdk, bare].map((value) => `${value.toFixed(1)} µs`);
  barePerSdk = bare / sdk;
  rows.push([label, ...micros, (ours / sdk).toFixed(3), (ours / bare).toFixed(2)]);
  plotted.push(
    { label: `${label}, ours`, value: ours },
    { label: `${label}, SDK`, value: sdk },
    { label: `${label}, bare`, value: bare },
  );
}
child.disconnect();
report.text(
  `One frame of ${FRAME_BYTES} bytes to each of ${CONNECTIONS.toLocaleString('en')} connections: CPU for each push. Median of ${ROUNDS.rounds} rounds.

- "Ours" is what production runs, from an empty push buffer on: pushBuffer, frames, rateLimiter, pusher, sockets. The rate limiter is asked each time, but never waits.
- "SDK" sends the finished frame by \`Promise.all\` through the official client on 50 kept-alive sockets.
- "Bare" writes the finished frame unsigned to ${BARE_SOCKETS} kept-alive sockets, and reads nothing of the answers.`,
);
report.table(rows);
report.text(
  `Over TLS, bare alone takes ${barePerSdk.toFixed(3)} of the SDK's CPU, so a ratio of 0.1 to the SDK leaves little for all else. The rest was measured alone on 2026-11-21, without
sockets. To sign a request takes 3 µs. Buffer, frames, rateLimiter and pusher take 2 µs, and an answer's head 1 µs. Sockets, promises and
the collection of garbage were not measured by parts.`,
);
report.plot('push', 'CPU for each push', bars('CPU for each push', 'µs', plotted));
report.write();
process.exit();
