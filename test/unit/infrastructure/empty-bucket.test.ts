import { DeleteObjectsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { emptyBucket } from '../../../infrastructure/empty-bucket.ts';

/** S3 with so many objects in a bucket, which lists two at a time. */
class SmallS3 extends S3Client {
  readonly objects: Set<string>;
  refuses: string | undefined;

  constructor(names: string[]) {
    super({ region: 'eu-central-1' });
    this.objects = new Set(names);
  }

  // biome-ignore lint/suspicious/noExplicitAny: the client's own method has an overload for each command
  override send = async (command: any): Promise<any> => {
    if (command instanceof ListObjectsV2Command) {
      const after = command.input.ContinuationToken ?? '';
      const rest = [...this.objects].sort().filter((name) => name > after);
      const page = rest.slice(0, 2);
      return { Contents: page.map((Key) => ({ Key })), ...(rest.length > 2 && { NextContinuationToken: page.at(-1) }) };
    }
    if (!(command instanceof DeleteObjectsCommand)) throw new Error('Not expected');
    for (const { Key = '' } of command.input.Delete?.Objects ?? []) {
      if (Key === this.refuses) return { Errors: [{ Key, Message: 'Access Denied' }] };
      this.objects.delete(Key);
    }
    return {};
  };
}

describe('A bucket', () => {
  it('is emptied, however many pages its list has', async () => {
    const s3 = new SmallS3(['a', 'b', 'c', 'd', 'e']);
    await emptyBucket(s3, 'page');
    expect(s3.objects.size).toBe(0);
    await emptyBucket(s3, 'page');
  });

  it('that keeps an object is reported as an error', async () => {
    const s3 = new SmallS3(['a', 'b', 'c']);
    s3.refuses = 'c';
    await expect(emptyBucket(s3, 'page')).rejects.toThrow('c in page could not be deleted: Access Denied');
  });
});
