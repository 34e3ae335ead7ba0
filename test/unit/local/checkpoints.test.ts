import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  FileCheckpoints,
  MemoryCheckpoints,
  type ShardCheckpoint,
} from '../../../local/event-source-mapping/checkpoints.ts';
import { STREAM_ARN } from '../../support/fake-stream.ts';

const SAVED = new Map<string, ShardCheckpoint>([
  ['shard-1', { sequenceNumber: '100000000000000000001', isFinished: true }],
  ['shard-2', { sequenceNumber: '100000000000000000002', isFinished: false }],
]);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoints-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('checkpoints in a file', () => {
  it('come back as they were saved, digit by digit', async () => {
    const path = join(folder, 'deeper', 'checkpoints.json');
    await new FileCheckpoints(path, STREAM_ARN).save(SAVED);
    expect(await new FileCheckpoints(path, STREAM_ARN).load()).toEqual(SAVED);
  });

  it('are none when there is no file', async () => {
    expect(await new FileCheckpoints(join(folder, 'none.json'), STREAM_ARN).load()).toEqual(new Map());
  });

  it('of another stream are not read', async () => {
    const path = join(folder, 'checkpoints.json');
    await new FileCheckpoints(path, STREAM_ARN).save(SAVED);
    expect(await new FileCheckpoints(path, `${STREAM_ARN}-of-a-new-table`).load()).toEqual(new Map());
  });

  it('leave the last ones in place when a crash cuts the writing short', async () => {
    const path = join(folder, 'checkpoints.json');
    const checkpoints = new FileCheckpoints(path, STREAM_ARN);
    await checkpoints.save(SAVED);
    await writeFile(`${path}.new`, '{"streamArn":');
    expect(await checkpoints.load()).toEqual(SAVED);
    await checkpoints.save(new Map());
    expect(await readdir(folder)).toEqual(['checkpoints.json']);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ streamArn: STREAM_ARN, shards: {} });
  });
});

describe('checkpoints in memory', () => {
  it('keep what was saved, and not what the map becomes later', async () => {
    const checkpoints = new MemoryCheckpoints();
    const given = new Map(SAVED);
    await checkpoints.save(given);
    given.clear();
    (await checkpoints.load()).clear();
    expect(await checkpoints.load()).toEqual(SAVED);
  });
});
