import { describe, expect, it } from 'vitest';
import { audiencesOf } from '../../../src/fan-out/audiences.ts';
import { audiencePartition } from '../../../src/keys/keys.ts';
import { aThought } from '../../support/thoughts.ts';

const partitions = (...thoughts: Parameters<typeof audiencesOf>): string[] =>
  audiencesOf(...thoughts).map(audiencePartition);

describe('the audiences of a thought', () => {
  it('are the followers and the channels of its author, its topics, and all', () => {
    expect(partitions(aThought({ topics: ['aws', 'dynamodb'] }))).toEqual([
      'FOLLOWERS#alice',
      'CHANNEL#author:alice',
      'CHANNEL#topic:aws',
      'CHANNEL#topic:dynamodb',
      'CHANNEL#all',
    ]);
  });

  it('have no topic when the thought has none', () => {
    expect(partitions(aThought())).toEqual(['FOLLOWERS#alice', 'CHANNEL#author:alice', 'CHANNEL#all']);
  });

  it('include the topics that an edit removed, each once', () => {
    const before = ['old', 'kept'];
    const topics = partitions(aThought({ topics: ['kept', 'new'], version: 2 }), before).filter((pk) =>
      pk.includes('topic:'),
    );
    expect(topics).toEqual(['CHANNEL#topic:kept', 'CHANNEL#topic:new', 'CHANNEL#topic:old']);
  });
});
