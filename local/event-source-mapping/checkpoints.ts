import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { OpenWindow } from './tumbling-window.ts';

/** How far each shard of a stream has been processed. */
export interface Checkpoints {
  load(): Promise<Map<string, ShardCheckpoint>>;
  save(checkpoints: Map<string, ShardCheckpoint>): Promise<void>;
}

export interface ShardCheckpoint {
  /** The last record of the completed prefix; none when the shard was begun and nothing is done yet. */
  sequenceNumber?: string | undefined;
  /** The first record that was read, while none is done: what `LATEST` was when the mapping began. */
  firstRead?: string | undefined;
  /** The tumbling window that is open after these records. */
  window?: OpenWindow | undefined;
  /** The shard is closed, and all of it is done. */
  isFinished: boolean;
}

export class MemoryCheckpoints implements Checkpoints {
  #saved = new Map<string, ShardCheckpoint>();

  async load(): Promise<Map<string, ShardCheckpoint>> {
    return new Map(this.#saved);
  }

  async save(checkpoints: Map<string, ShardCheckpoint>): Promise<void> {
    this.#saved = new Map(checkpoints);
  }
}

/** Checkpoints in a file, one stream's at a time: another stream's are of no use and are not read. */
export class FileCheckpoints implements Checkpoints {
  readonly #path: string;
  readonly #streamArn: string;

  constructor(path: string, streamArn: string) {
    this.#path = path;
    this.#streamArn = streamArn;
  }

  async load(): Promise<Map<string, ShardCheckpoint>> {
    const text = await readFile(this.#path, 'utf8').catch(() => '{}');
    const saved = JSON.parse(text) as { streamArn?: string; shards?: Record<string, ShardCheckpoint> };
    return new Map(saved.streamArn === this.#streamArn ? Object.entries(saved.shards ?? {}) : []);
  }

  /** Written beside and moved over, so that a crash leaves the old one or the new one. */
  async save(checkpoints: Map<string, ShardCheckpoint>): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const beside = `${this.#path}.new`;
    await writeFile(beside, JSON.stringify({ streamArn: this.#streamArn, shards: Object.fromEntries(checkpoints) }));
    await rename(beside, this.#path);
  }
}
