import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../local/dynamodb/engine.ts';
import { engineKind, startEngine } from '../../local/dynamodb/start-engine.ts';
import { freePort } from '../../local/ports.ts';
import { soakFanOut } from '../../tools/soak/fan-out-soak.ts';
import { freshTable } from '../support/real-table.ts';

// Of its own: a DynamoDB Local that has seen so much is slow for all the tests that follow.
let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ port: await freePort() }, engineKind(process.env.ENGINE));
});
afterAll(() => engine.stop());

it('reaches 5,000 followers once each, though its process is killed three times', { timeout: 120_000 }, async () => {
  const { name, streamArn, unpaced } = await freshTable(engine.endpoint);
  const report = await soakFanOut({
    table: unpaced,
    tableName: name,
    endpoint: engine.endpoint,
    streamArn,
    followers: 5_000,
    connected: 200,
    strangers: 20,
    kills: 3,
    livesMs: 2_000,
    seed: 7,
    withinMs: 60_000,
  });
  expect(report).toMatchObject({ entries: 5_000, missing: 0, deaf: 0, leaked: 0, tasksLeft: 0, kills: 3 });
  expect(report.interruptions).toBeGreaterThan(0);
});
