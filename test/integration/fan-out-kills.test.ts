import { expect, inject, it } from 'vitest';
import { soakFanOut } from '../../tools/soak/fan-out-soak.ts';
import { freshTable } from '../support/real-table.ts';

it('reaches 5,000 followers once each, though its process is killed five times', { timeout: 120_000 }, async () => {
  const { name, streamArn, table } = await freshTable(inject('engine'));
  const report = await soakFanOut({
    table,
    tableName: name,
    endpoint: inject('engine'),
    streamArn,
    followers: 5_000,
    connected: 200,
    strangers: 20,
    kills: 5,
    seed: 7,
    withinMs: 60_000,
  });
  expect(report).toMatchObject({ entries: 5_000, missing: 0, deaf: 0, leaked: 0, tasksLeft: 0, kills: 5 });
});
